import { fft2 } from '../math/fft.ts'

/**
 * Multiplies the transform of every image by a real, even filter of its own, two images in one complex transform; in
 * place. Images are size^2, x fastest; `filterOf` gives the values over a plain transform.
 */
export function filterEachImage(images: Float32Array, size: number, filterOf: (image: number) => Float64Array): void {
  const area = size * size
  const count = images.length / area
  const re = new Float64Array(area)
  const im = new Float64Array(area)
  const outRe = new Float64Array(area)
  const outIm = new Float64Array(area)
  const mirror = Int32Array.from({ length: area }, (_, p) => ((size - Math.floor(p / size)) % size) * size + ((size - (p % size)) % size))
  for (let i = 0; i < count; i += 2) {
    const first = images.subarray(i * area, (i + 1) * area)
    const second = i + 1 < count ? images.subarray((i + 1) * area, (i + 2) * area) : undefined
    re.set(first)
    if (second) im.set(second)
    else im.fill(0)
    fft2(re, im, size)
    const a = filterOf(i)
    const b = second ? filterOf(i + 1) : a
    for (let p = 0; p < area; p++) {
      // Z = A + iB, A and B of real images: a A + b iB = (a + b)/2 Z + (a - b)/2 conj Z(-k).
      const [half, rest, q] = [0.5 * (a[p]! + b[p]!), 0.5 * (a[p]! - b[p]!), mirror[p]!]
      outRe[p] = half * re[p]! + rest * re[q]!
      outIm[p] = half * im[p]! - rest * im[q]!
    }
    fft2(outRe, outIm, size, 'inverse')
    first.set(outRe)
    second?.set(outIm)
  }
}
