import type { Volume } from './volume.ts'

/** Where the particle of a map is, judged by its strong density. */
export interface ParticleExtent {
  /** Centre of mass from the box centre, voxels. */
  readonly centre: readonly [number, number, number]
  /** Radius about the box centre that holds 99 percent of the strong density, voxels. */
  readonly radius: number
}

/**
 * Centre and radius of the density above mean + 2 standard deviations (or half-way to the maximum, where that is lower:
 * a particle that fills its box), weighted by how far it is above. `undefined` for a constant map.
 */
export function particleExtent(volume: Volume): ParticleExtent | undefined {
  const { size: n, data } = volume
  const c = Math.floor(n / 2)
  let sum = 0
  let squares = 0
  let largest = -Infinity
  for (const value of data) {
    largest = Math.max(largest, value)
    sum += value
    squares += value * value
  }
  const mean = sum / data.length
  const deviation = Math.sqrt(Math.max(0, squares / data.length - mean * mean))
  if (deviation <= 1e-7 * Math.abs(mean) || deviation === 0) return undefined
  const threshold = Math.min(mean + 2 * deviation, (mean + largest) / 2)
  const perRadius = new Float64Array(Math.ceil(n * Math.sqrt(3)) + 2)
  const moment = [0, 0, 0] as [number, number, number]
  let total = 0
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++, i++) {
        const weight = data[i]! - threshold
        if (weight <= 0) continue
        total += weight
        moment[0] += weight * (x - c)
        moment[1] += weight * (y - c)
        moment[2] += weight * (z - c)
        perRadius[Math.round(Math.hypot(x - c, y - c, z - c))]! += weight
      }
    }
  }
  let radius = 0
  for (let held = perRadius[0]!; held < 0.99 * total; held += perRadius[radius]!) radius++
  return { centre: [moment[0] / total, moment[1] / total, moment[2] / total], radius }
}
