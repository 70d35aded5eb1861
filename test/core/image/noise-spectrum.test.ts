import { describe, expect, it } from 'vitest'
import { NoiseSpectrumEstimator, outsideDisc, type NoiseSpectrum } from '#core/image/noise-spectrum.ts'
import { filterImages, whiteningFilter } from '#core/image/whiten.ts'
import { signedFrequency } from '#core/math/fft.ts'
import { Random } from '#core/random.ts'

const size = 64
/** Power per pixel at shell r: like ice, strong at low frequencies. */
const power = (r: number): number => 0.5 + 4 / (1 + (r / 5) ** 2)

function colouredImages(count: number, seed: number): Float32Array {
  const random = new Random(seed)
  const images = Float32Array.from({ length: count * size * size }, () => random.normal())
  const filter = Float64Array.from({ length: size * size }, (_, p) => Math.sqrt(power(Math.hypot(signedFrequency(p % size, size), signedFrequency(Math.floor(p / size), size)))))
  filterImages(images, size, filter)
  return images
}

function estimate(images: Float32Array, mask: Float64Array): NoiseSpectrum {
  const estimator = new NoiseSpectrumEstimator(size, mask)
  const area = size * size
  for (let i = 0; i < images.length / area; i += 2) estimator.add(images.subarray(i * area, (i + 1) * area), images.subarray((i + 1) * area, (i + 2) * area))
  return estimator.estimate()
}

describe('the noise spectrum', () => {
  it('of coloured noise comes out of the corners alone, a particle in the disc or not', () => {
    const images = colouredImages(200, 4)
    const radius = 26
    for (let i = 0; i < 200; i++) for (let p = 0; p < size * size; p++) if (Math.hypot((p % size) - 32, Math.floor(p / size) - 32) < radius - 1) images[i * size * size + p]! += 10
    const { power: found, variance } = estimate(images, outsideDisc(size, radius))
    for (let r = 2; r <= 31; r++) expect(Math.abs(found[r]! / power(r) - 1), `shell ${r}: ${found[r]} for ${power(r)}`).toBeLessThan(0.12)
    let expected = 0
    for (let p = 0; p < size * size; p++) expected += power(Math.hypot(signedFrequency(p % size, size), signedFrequency(Math.floor(p / size), size))) / (size * size)
    // Within 3 %, less what the mean that is taken off holds of the lowest frequencies.
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.03)
  })

  it('whitens: filtered noise has variance 1 and a flat spectrum', () => {
    const images = colouredImages(100, 5)
    const spectrum = estimate(images, new Float64Array(size * size).fill(1))
    filterImages(images, size, whiteningFilter(spectrum))
    const { power: flat, variance } = estimate(images, new Float64Array(size * size).fill(1))
    expect(Math.abs(variance - 1)).toBeLessThan(0.03)
    for (let r = 3; r <= 31; r++) expect(Math.abs(flat[r]! - 1), `shell ${r}`).toBeLessThan(0.12)
  })

  it('cannot be had from nothing', () => {
    expect(() => new NoiseSpectrumEstimator(8, new Float64Array(64))).toThrow('the mask leaves no pixels')
    expect(() => new NoiseSpectrumEstimator(8, new Float64Array(64).fill(1)).estimate()).toThrow('there are no images')
  })
})
