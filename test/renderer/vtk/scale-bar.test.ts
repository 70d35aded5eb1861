import { describe, expect, it } from 'vitest'
import { scaleBar } from '../../../src-renderer/vtk/scale-bar.ts'

describe('scale bar', () => {
  it.each([
    [1, 100, 100, 100],
    [0.5, 120, 50, 100],
    [0.3, 100, 20, 20 / 0.3],
    [1.99, 100, 100, 100 / 1.99],
    [0.0007, 100, 0.05, 0.05 / 0.0007],
    [25, 160, 2000, 80],
  ])('%s A per pixel within %s pixels', (unitsPerPixel, most, length, pixels) => {
    const bar = scaleBar(unitsPerPixel, most)
    expect(bar.length).toBe(length)
    expect(bar.pixels).toBeCloseTo(pixels, 9)
  })

  it('is always 1, 2 or 5 times a power of ten and takes more than 2/5 of the room', () => {
    for (let k = -200; k < 200; k++) {
      const bar = scaleBar(1.07 ** k, 140)
      expect(['1', '2', '5']).toContain(bar.length.toExponential()[0])
      expect(bar.length.toExponential()).toMatch(/^[125]e/)
      expect(bar.pixels).toBeLessThanOrEqual(140 + 1e-6)
      expect(bar.pixels).toBeGreaterThan(140 * 0.399)
    }
  })

  it('is nothing without a scale', () => {
    expect(scaleBar(0, 100)).toEqual({ length: 0, pixels: 0 })
    expect(scaleBar(Number.NaN, 100)).toEqual({ length: 0, pixels: 0 })
  })
})
