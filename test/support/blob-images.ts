import { eulerFromRotation, randomRotation } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import type { Blob } from './blob-phantom.ts'

export interface BlobImages {
  /** count x size^2. */
  readonly pixels: Float32Array
  readonly rotations: readonly Float64Array[]
  /** RELION's angles, radians. */
  readonly angles: readonly (readonly [number, number, number])[]
  /** Where each particle sits off the centre, pixels. */
  readonly places: readonly (readonly [number, number])[]
}

/** Projections of Gaussian blobs in closed form, from rotations uniform on SO(3), with white noise; particles off the centre by `shift` pixels (standard deviation along each axis). */
export function blobImages(blobs: readonly Blob[], options: { size: number; count: number; sigma: number; seed: number; shift?: number }): BlobImages {
  const { size, count, sigma } = options
  const random = new Random(options.seed)
  const centre = Math.floor(size / 2)
  const pixels = new Float32Array(count * size * size)
  const rotations: Float64Array[] = []
  const drawn = new Random(options.seed).stream('places')
  const places = Array.from({ length: count }, () => (options.shift ? [options.shift * drawn.normal(), options.shift * drawn.normal()] as const : [0, 0] as const))
  for (let i = 0; i < count; i++) {
    const a = randomRotation(random)
    rotations.push(a)
    for (const { at, width, weight } of blobs) {
      const px = a[0]! * at[0] + a[1]! * at[1] + a[2]! * at[2] + places[i]![0]
      const py = a[3]! * at[0] + a[4]! * at[1] + a[5]! * at[2] + places[i]![1]
      const scale = weight * width * Math.sqrt(2 * Math.PI)
      for (let y = 0; y < size; y++) {
        const fy = scale * Math.exp(-((y - centre - py) ** 2) / (2 * width * width))
        for (let x = 0; x < size; x++) pixels[(i * size + y) * size + x]! += fy * Math.exp(-((x - centre - px) ** 2) / (2 * width * width))
      }
    }
    if (sigma > 0) for (let p = 0; p < size * size; p++) pixels[i * size * size + p]! += sigma * random.normal()
  }
  return { pixels, rotations, angles: rotations.map((a) => eulerFromRotation(a)), places }
}
