import type { Direction } from './mollweide.ts'

/**
 * A density on the sphere by cells: rows of polar angle (0..pi), columns of azimuth (0..2 pi), values at cell centres.
 * **Units**: per steradian, so that its integral over the sphere is 1; 1 / (4 pi) everywhere is uniform.
 */
export interface SphereDensity {
  readonly rows: number
  readonly columns: number
  readonly density: ArrayLike<number>
}

/** How many times the uniform density there is at a direction, bilinear between cells and periodic in azimuth. */
export function timesUniform(sphere: SphereDensity, { polar, azimuth }: Direction): number {
  const { rows, columns, density } = sphere
  const row = Math.min(Math.max((polar / Math.PI) * rows - 0.5, 0), rows - 1)
  const column = (azimuth / (2 * Math.PI)) * columns - 0.5
  const top = Math.floor(row)
  const left = Math.floor(column)
  const down = row - top
  const right = column - left
  const cell = (r: number, c: number): number => density[Math.min(r, rows - 1) * columns + (((c % columns) + columns) % columns)]!
  const upper = cell(top, left) * (1 - right) + cell(top, left + 1) * right
  const lower = cell(top + 1, left) * (1 - right) + cell(top + 1, left + 1) * right
  return 4 * Math.PI * (upper * (1 - down) + lower * down)
}

/** The largest value of the cells, in times uniform. */
export function peakOf({ density }: SphereDensity): number {
  let peak = 0
  for (let index = 0; index < density.length; index++) peak = Math.max(peak, density[index]!)
  return 4 * Math.PI * peak
}

/** The directions seen most: cells higher than their neighbours, highest first. */
export function peaksOf(sphere: SphereDensity, count: number): (Direction & { readonly times: number })[] {
  const { rows, columns, density } = sphere
  const peaks: (Direction & { times: number })[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const here = density[row * columns + column]!
      if (!isPeak(sphere, row, column)) continue
      peaks.push({ polar: ((row + 0.5) / rows) * Math.PI, azimuth: ((column + 0.5) / columns) * 2 * Math.PI, times: 4 * Math.PI * here })
    }
  }
  return peaks.sort((a, b) => b.times - a.times).slice(0, count)
}

function isPeak({ rows, columns, density }: SphereDensity, row: number, column: number): boolean {
  const here = density[row * columns + column]!
  for (let down = -1; down <= 1; down++) {
    for (let right = -1; right <= 1; right++) {
      const other = row + down
      if ((down === 0 && right === 0) || other < 0 || other >= rows) continue
      if (density[other * columns + ((column + right + columns) % columns)]! >= here) return false
    }
  }
  return true
}
