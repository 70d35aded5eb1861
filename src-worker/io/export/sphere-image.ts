import { pngUri } from './map-image.ts'

/** A density on the sphere: values with respect to area at unit vectors (3 a direction). */
export type SphereDensity = (directions: Float64Array) => Float64Array

/** Dark blue to yellow, evenly bright steps (the stops of matplotlib's viridis, CC0). */
export const DENSITY_COLORS = ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'] as const

/**
 * One hemisphere seen from outside along z, in Lambert's equal-area projection, as a PNG data URI: the pole in the middle,
 * the equator at the rim, transparent around. Colours run from 0 to `most` times the uniform density.
 */
export function hemisphereImage(density: SphereDensity, hemisphere: 'upper' | 'lower', most: number, pixels = 320): string {
  const side = hemisphere === 'upper' ? 1 : -1
  const places: number[] = []
  const directions: number[] = []
  const data = new Uint8Array(4 * pixels * pixels)
  for (let row = 0; row < pixels; row++) {
    for (let column = 0; column < pixels; column++) {
      const u = ((column + 0.5) / pixels) * 2 - 1
      const v = 1 - ((row + 0.5) / pixels) * 2
      const square = u * u + v * v
      if (square > 1) continue
      // radius^2 = 1 - |z|, so across = sqrt(1 - z^2) = radius sqrt(1 + |z|)
      const z = 1 - square
      const scale = Math.sqrt(1 + z)
      places.push(row * pixels + column)
      // from below, x runs the other way
      directions.push(side * u * scale, v * scale, side * z)
    }
  }
  const values = density(Float64Array.from(directions))
  places.forEach((place, i) => {
    data.set(colorAt((4 * Math.PI * values[i]!) / most), 4 * place)
    data[4 * place + 3] = 255
  })
  return pngUri({ width: pixels, height: pixels, data, channels: 4 })
}

function colorAt(fraction: number): [number, number, number] {
  const t = Math.min(1, Math.max(0, fraction)) * (DENSITY_COLORS.length - 1)
  const i = Math.min(DENSITY_COLORS.length - 2, Math.floor(t))
  const part = (color: string, at: number): number => Number.parseInt(color.slice(at, at + 2), 16)
  return [1, 3, 5].map((at) => Math.round(part(DENSITY_COLORS[i]!, at) + (t - i) * (part(DENSITY_COLORS[i + 1]!, at) - part(DENSITY_COLORS[i]!, at)))) as [number, number, number]
}
