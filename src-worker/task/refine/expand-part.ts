import { openImages } from '#io/particle-images.ts'
import { Kernel } from '#kernel/kernel.ts'
import { ImageTransform } from '#method/steerable/image-transform.ts'
import type { SteerableBasis } from '#core/basis/steerable.ts'
import { defineOperation } from '#parallel/operation.ts'

export interface ExpandRequest {
  readonly particles: string
  readonly basis: SteerableBasis
  readonly start: number
  readonly count: number
  /** 1 / sigma. */
  readonly scale: number
  /** All images' coefficients, basis.length floats each. */
  readonly out: SharedArrayBuffer
}

const BATCH = 256

/** Coefficients of a run of images, written to shared memory; images that are not finite become zero and are counted. */
export const expandPart = defineOperation<ExpandRequest, { readonly skipped: number }>('expand-images', async ({ particles, basis, start, count, scale, out }, report) => {
  const quarter = (basis.radius + 1) ** 2
  const length = basis.boxSize ** 2
  const kernel = new Kernel(4 * (quarter * basis.length + BATCH * (2 * basis.length + 4 * quarter + length) + 1e6))
  const transform = new ImageTransform(kernel, basis, BATCH)
  const block = kernel.allocate(BATCH * length)
  const images = await openImages(particles)
  let skipped = 0
  try {
    for (let done = 0; done < count; done += BATCH) {
      const size = Math.min(BATCH, count - done)
      const pixels = await images.read(start + done, size)
      for (let i = 0; i < size; i++) {
        const image = pixels.subarray(i * length, (i + 1) * length)
        if (image.every(Number.isFinite)) continue
        image.fill(0)
        skipped++
      }
      const rows = new Float32Array(out, 4 * (start + done) * basis.length, size * basis.length)
      block.data.set(pixels)
      transform.apply(block, size, rows)
      for (let i = 0; i < rows.length; i++) rows[i]! *= scale
      report((done + size) / count)
    }
  } finally {
    await images.close()
  }
  return { skipped }
})
