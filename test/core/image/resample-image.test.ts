import { describe, expect, it } from 'vitest'
import { fourierCropImages, imageResampling, resampleImages } from '#core/image/resample-image.ts'
import { Random } from '#core/random.ts'

/** A Gaussian beside the centre, sampled exactly. */
function gaussian(size: number, pixel: number): Float32Array {
  const c = Math.floor(size / 2)
  return Float32Array.from({ length: size * size }, (_, p) => Math.exp(-((((p % size) - c) * pixel - 3) ** 2 + ((Math.floor(p / size) - c) * pixel + 2) ** 2) / (2 * 16)))
}

describe('resampling', () => {
  it.each([[64, 32], [64, 33], [65, 32], [65, 41], [48, 64]])('from %i to %i pixels keeps a band-limited image, its place and its values', (from, to) => {
    const cropped = fourierCropImages(gaussian(from, 1), from, to)
    const expected = gaussian(to, from / to)
    cropped.forEach((value, p) => expect(Math.abs(value - expected[p]!)).toBeLessThan(2e-4))
  })

  it('by any step too', () => {
    const rescaled = resampleImages(gaussian(64, 1.2), imageResampling(64, 56, 1.1))
    const expected = gaussian(56, 1.32)
    rescaled.forEach((value, p) => expect(Math.abs(value - expected[p]!)).toBeLessThan(2e-4))
  })

  it('of white noise keeps what fits: the variance falls by the area', () => {
    const random = new Random(3)
    const noise = Float32Array.from({ length: 4 * 64 * 64 }, () => random.normal())
    const cropped = fourierCropImages(noise, 64, 32)
    const variance = cropped.reduce((sum, value) => sum + value * value, 0) / cropped.length
    // 31 x 31 of 64 x 64 frequencies (no Nyquist); standard error of 4 x 961 draws: 2.3 %.
    expect(Math.abs(variance / ((31 * 31) / (64 * 64)) - 1)).toBeLessThan(0.07)
  })
})
