import { describe, expect, it } from 'vitest'
import { centralPlane, contrastWindow, fullWindow, greyPixels, scaleBarLength } from '../../../src-renderer/component/dataset/paint-image.ts'

describe('contrast', () => {
  it('is the mean plus and minus standard deviations, of the values that are numbers', () => {
    // Mean 5, standard deviation 2 (the textbook example of eight numbers).
    const window = contrastWindow(new Float32Array([2, 4, 4, 4, NaN, 5, 5, 7, 9, Infinity]), 1.5)
    expect(window.from).toBeCloseTo(2, 6)
    expect(window.to).toBeCloseTo(8, 6)
  })

  it('has a width even where there is no contrast', () => {
    expect(contrastWindow(new Float32Array([3, 3]), 3)).toEqual({ from: 2, to: 4 })
    expect(fullWindow(new Float32Array([-1, 4, 2]))).toEqual({ from: -1, to: 4 })
    expect(fullWindow(new Float32Array([7, 7]))).toEqual({ from: 6, to: 8 })
    expect(contrastWindow(new Float32Array([NaN]), 3)).toEqual({ from: 0, to: 1 })
  })
})

it('paints the first row lowest, and clamps', () => {
  const grey = (invert: boolean): number[] => [...greyPixels(new Float32Array([0, 10, -5, 20]), 2, 2, { from: 0, to: 10 }, invert)].filter((_, index) => index % 4 === 0)
  // The file's rows are (0, 10) and (-5, 20), bottom to top.
  expect(grey(false)).toEqual([0, 255, 0, 255])
  expect(grey(true)).toEqual([255, 0, 255, 0])
  const pixels = greyPixels(new Float32Array([0, 1, 2, 3]), 1, 4, { from: 0, to: 3 })
  expect([pixels[0], pixels[4], pixels[8], pixels[12]]).toEqual([255, 170, 85, 0])
  expect(pixels[3]).toBe(255)
})

it('cuts the three planes through the centre voxel', () => {
  const [nx, ny, nz] = [2, 3, 4] as const
  const volume = Float32Array.from({ length: nx * ny * nz }, (_, index) => {
    const x = index % nx
    const y = Math.floor(index / nx) % ny
    const z = Math.floor(index / (nx * ny))
    return 100 * x + 10 * y + z
  })
  expect(centralPlane(volume, [nx, ny, nz], 'z')).toEqual({ columns: 2, rows: 3, values: new Float32Array([2, 102, 12, 112, 22, 122]) })
  expect(centralPlane(volume, [nx, ny, nz], 'y')).toEqual({ columns: 2, rows: 4, values: new Float32Array([10, 110, 11, 111, 12, 112, 13, 113]) })
  expect(centralPlane(volume, [nx, ny, nz], 'x')).toEqual({ columns: 3, rows: 4, values: new Float32Array([100, 110, 120, 101, 111, 121, 102, 112, 122, 103, 113, 123]) })
})

it('draws a scale bar of a round length, at most a quarter of the width', () => {
  expect([400, 399, 250, 83, 8.1, 10_000].map(scaleBarLength)).toEqual([100, 50, 50, 20, 2, 2000])
})
