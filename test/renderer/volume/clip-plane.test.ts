import { describe, expect, it } from 'vitest'
import { clipPlaneOf } from '../../../src-renderer/component/volume/clip-plane.ts'
import { readable } from '../../../src-renderer/component/volume/number-form.ts'

describe('the clip plane', () => {
  const bounds = [0, 10, 0, 20, -15, 15] as const

  it('hides what lies beyond its place along an axis, or before it', () => {
    expect(clipPlaneOf({ axis: 'z', position: 0.75, flipped: false }, bounds, [0, 0, 1])).toEqual({ origin: [5, 10, 7.5], normal: [-0, -0, -1] })
    expect(clipPlaneOf({ axis: 'y', position: 0, flipped: true }, bounds, [0, 0, 1])).toEqual({ origin: [5, 0, 0], normal: [0, 1, 0] })
  })

  it('stands across the line of sight', () => {
    const { origin, normal } = clipPlaneOf({ axis: 'view', position: 1, flipped: false }, bounds, [0.6, 0, 0.8])
    expect(normal).toEqual([-0.6, -0, -0.8])
    expect(Math.hypot(origin[0] - 5, origin[1] - 10, origin[2])).toBeCloseTo(Math.hypot(10, 20, 30) / 2, 9)
  })
})

describe('numbers to read', () => {
  it.each([[0.897052586, '0.8971'], [0, '0'], [1234.567, '1235'], [0.00032113, '3.211e-4'], [-2.5e7, '-2.500e7'], [Number.NaN, '']])('%s is %s', (value, text) => expect(readable(value)).toBe(text))
})
