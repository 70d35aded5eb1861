import { Random } from '#core/random.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'

export interface Blob {
  readonly at: readonly [number, number, number]
  readonly width: number
  readonly weight: number
}

/** Gaussian blobs with no symmetry, drawn from a seed, within `reach` voxels of the origin. */
export function randomBlobs(seed: number, reach: number, count = 12): Blob[] {
  const random = new Random(seed)
  return Array.from({ length: count }, () => {
    const direction = random.direction()
    const distance = reach * Math.cbrt(random.uniform())
    return {
      at: [direction[0] * distance, direction[1] * distance, direction[2] * distance] as const,
      width: reach * (0.1 + 0.12 * random.uniform()),
      weight: 0.5 + random.uniform(),
    }
  })
}

/** The density of the blobs, sampled exactly; `place` maps a blob's position (to rotate and shift in closed form). */
export function blobVolume(size: number, blobs: readonly Blob[], options: { voxelSize?: number; noise?: number; seed?: number; place?: (at: readonly [number, number, number]) => readonly [number, number, number] } = {}): Volume {
  const data = new Float32Array(size ** 3)
  const centre = Math.floor(size / 2)
  for (const blob of blobs) {
    const at = options.place?.(blob.at) ?? blob.at
    const profile = at.map((p) => Float64Array.from({ length: size }, (_, i) => Math.exp(-((i - centre - p) ** 2) / (2 * blob.width ** 2))))
    for (let z = 0, i = 0; z < size; z++) {
      for (let y = 0; y < size; y++) {
        const zy = blob.weight * profile[2]![z]! * profile[1]![y]!
        for (let x = 0; x < size; x++, i++) data[i]! += zy * profile[0]![x]!
      }
    }
  }
  if (options.noise) {
    const random = new Random(options.seed ?? 1)
    for (let i = 0; i < data.length; i++) data[i]! += options.noise * random.normal()
  }
  return makeVolume(size, options.voxelSize ?? 1, data)
}
