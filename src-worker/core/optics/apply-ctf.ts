import { requireShape } from '../error.ts'
import { fft2 } from '../math/fft.ts'

/**
 * Multiplies the transform of every image by `grid` (from `ctfGrid`, the same for all or one for each), in place.
 * Images are size^2, x fastest.
 */
export function applyCtf(images: Float32Array, size: number, gridOf: (image: number) => Float64Array): void {
  const area = size * size
  requireShape(images.length % area === 0, () => `images of ${size} pixels need a multiple of ${area} values, found ${images.length}`)
  const re = new Float64Array(area)
  const im = new Float64Array(area)
  for (let i = 0; i < images.length / area; i++) {
    const image = images.subarray(i * area, (i + 1) * area)
    const grid = gridOf(i)
    re.set(image)
    im.fill(0)
    fft2(re, im, size)
    for (let p = 0; p < area; p++) {
      re[p]! *= grid[p]!
      im[p]! *= grid[p]!
    }
    fft2(re, im, size, 'inverse')
    image.set(re)
  }
}
