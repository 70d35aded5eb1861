import { describe, expect, it } from 'vitest'
import { cssColor, diverging, viridis } from '../../../src-renderer/component/chart/color-map.ts'
import { peakOf, peaksOf, timesUniform } from '../../../src-renderer/component/chart/sphere-density.ts'

const rows = 18
const columns = 36
const cells = (density: (polar: number, azimuth: number) => number): Float64Array =>
  Float64Array.from({ length: rows * columns }, (_, index) => density(((Math.floor(index / columns) + 0.5) / rows) * Math.PI, (((index % columns) + 0.5) / columns) * 2 * Math.PI))

describe('a density on the sphere', () => {
  it('is 1 times uniform everywhere where it is uniform', () => {
    const sphere = { rows, columns, density: cells(() => 1 / (4 * Math.PI)) }
    for (const direction of [{ polar: 0, azimuth: 0 }, { polar: 1.3, azimuth: 6.2 }, { polar: Math.PI, azimuth: 3 }]) expect(timesUniform(sphere, direction)).toBeCloseTo(1, 12)
    expect(peakOf(sphere)).toBeCloseTo(1, 12)
  })

  it('is read between cells, across azimuth 0 too', () => {
    const density = (polar: number, azimuth: number): number => (1 + 0.5 * Math.sin(polar) * Math.cos(azimuth)) / (4 * Math.PI)
    const sphere = { rows, columns, density: cells(density) }
    for (const [polar, azimuth] of [[1.5, 0.01], [1.5, 6.27], [0.7, 2.2], [2.5, 4]] as const) expect(timesUniform(sphere, { polar, azimuth })).toBeCloseTo(4 * Math.PI * density(polar, azimuth), 2)
  })

  it('finds the directions seen most', () => {
    const bump = (polar: number, azimuth: number, at: number, height: number): number => height * Math.exp(-20 * ((polar - 1.57) ** 2 + (azimuth - at) ** 2))
    const sphere = { rows, columns, density: cells((polar, azimuth) => bump(polar, azimuth, 1.5, 1) + bump(polar, azimuth, 4.5, 2)) }
    const peaks = peaksOf(sphere, 5)
    expect(peaks).toHaveLength(2)
    expect(peaks[0]!.azimuth).toBeCloseTo(4.5, 0)
    expect(peaks[1]!.azimuth).toBeCloseTo(1.5, 0)
    expect(peaks[0]!.times).toBeGreaterThan(peaks[1]!.times)
  })
})

describe('colour maps', () => {
  it('viridis begins and ends where matplotlib’s does and rises in lightness', () => {
    expect(viridis(0)).toEqual([68, 1, 84])
    expect(viridis(1)).toEqual([253, 231, 37])
    const lightness = Array.from({ length: 21 }, (_, index) => relativeLuminance(viridis(index / 20)))
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b))
    expect(viridis(Number.NaN)).toEqual(viridis(-3))
    expect(cssColor(viridis(2))).toBe('rgb(253, 231, 37)')
  })

  it('the other map is grey at zero', () => {
    expect(diverging(0)).toEqual([221, 221, 221])
    expect(diverging(-1)).not.toEqual(diverging(1))
  })
})

// WCAG 2.1, relative luminance.
function relativeLuminance(color: readonly [number, number, number]): number {
  const [r, g, b] = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
