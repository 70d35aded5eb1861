import { expect, it } from 'vitest'
import { barTicks } from '../../../src-renderer/component/chart/color-bar.ts'
import { heatColors, trimCells } from '../../../src-renderer/component/chart/heat-option.ts'

it('puts round numbers beside the colours, both ends included where they are round', () => {
  expect(barTicks(0, 1.35)).toEqual([0, 0.5, 1])
  expect(barTicks(0, 0.83)).toEqual([0, 0.2, 0.4, 0.6, 0.8])
  expect(barTicks(-3, 3)).toEqual([-2, 0, 2])
  expect(barTicks(0, 500)).toEqual([0, 100, 200, 300, 400, 500])
  expect(barTicks(0, 3e-7)).toEqual([0, 1e-7, 2e-7, 3e-7])
  expect(barTicks(2, 2)).toEqual([2])
})

it('leaves out the rows and columns at the end that have no number', () => {
  const cells = { rows: ['0', '1', '2'], columns: ['0', '1', '2'], values: [[1, 2, null], [null, 3, null], [null, null, null]] }
  expect(trimCells(cells)).toEqual({ rows: ['0', '1'], columns: ['0', '1'], values: [[1, 2], [null, 3]] })
  const nothing = { rows: ['0'], columns: ['0'], values: [[null]] }
  expect(trimCells(nothing)).toEqual(nothing)
})

it('has 0 at one end of the colours, or in their middle where some are negative', () => {
  const cells = (values: number[]) => ({ rows: ['0'], columns: values.map(String), values: [values] })
  expect(heatColors(cells([0.5, 2]))).toMatchObject({ least: 0, greatest: 2 })
  expect(heatColors(cells([-3, 2]))).toMatchObject({ least: -3, greatest: 3 })
})
