import { requireInput, requireShape } from '../error.ts'
import type { Volume } from './volume.ts'

/**
 * Soft spherical mask about the point `at` from the box centre floor(n / 2): 1 within `radius`, a raised cosine
 * (1 + cos(pi (r - radius) / edge)) / 2 over the next `edge` voxels, 0 beyond.
 * **Units**: voxels. **Shape**: size^3, x fastest.
 */
export function sphericalMask(size: number, radius: number, edge: number, at: readonly [number, number, number] = [0, 0, 0]): Float32Array {
  requireInput(radius >= 0 && edge >= 0, () => `a spherical mask needs a radius and an edge of 0 or more voxels, found ${radius} and ${edge}`)
  const mask = new Float32Array(size ** 3)
  const centre = Math.floor(size / 2)
  for (let z = 0, i = 0; z < size; z++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, i++) {
        const distance = Math.hypot(x - centre - at[0], y - centre - at[1], z - centre - at[2])
        if (distance <= radius) mask[i] = 1
        else if (distance < radius + edge) mask[i] = 0.5 * (1 + Math.cos((Math.PI * (distance - radius)) / edge))
      }
    }
  }
  return mask
}

/** The volume times a mask of its own shape. */
export function applyMask(volume: Volume, mask: Float32Array): Volume {
  requireShape(mask.length === volume.data.length, () => `the mask has ${mask.length} values, the volume ${volume.data.length}`)
  return { ...volume, data: volume.data.map((value, i) => value * mask[i]!) }
}
