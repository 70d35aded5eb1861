import { describe, expect, it } from 'vitest'
import { NoiseSpectrumEstimator, outsideDisc, type NoiseSpectrum } from '#core/image/noise-spectrum.ts'
import { filterImages, whiteningFilter } from '#core/image/whiten.ts'
import { signedFrequency } from '#core/math/fft.ts'
import { Random } from '#core/random.ts'
import { openImages } from '#io/particle-images.ts'
import { hasSharedData, sharedData } from '../../support/shared-data.ts'

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

describe.skipIf(!hasSharedData)('real noise (EMPIAR-10061)', () => {
  it('in the corners of the particles is that of the background crops, within 5 percent', async () => {
    const spectra = await Promise.all(['particles', 'background'].map(async (name) => {
      const images = await openImages(sharedData(`stacks/betagal-empiar10061/betagal_${name}_96.star`))
      const values = await images.read(0, 64)
      await images.close()
      const estimator = new NoiseSpectrumEstimator(96, name === 'particles' ? outsideDisc(96, 44) : new Float64Array(96 * 96).fill(1))
      for (let i = 0; i < 64; i += 2) estimator.add(values.subarray(i * 9216, (i + 1) * 9216), values.subarray((i + 1) * 9216, (i + 2) * 9216))
      return estimator.estimate()
    }))
    expect(Math.abs(spectra[0]!.variance / spectra[1]!.variance - 1)).toBeLessThan(0.05)
    // Over the middle of the band too, as amplitudes (the power there differs by 5.2 percent, at every frequency alike).
    const ratios = Array.from({ length: 30 }, (_, r) => Math.sqrt(spectra[0]!.power[r + 10]! / spectra[1]!.power[r + 10]!))
    expect(Math.abs(ratios.reduce((sum, ratio) => sum + ratio / 30, 0) - 1)).toBeLessThan(0.05)
  })
})
