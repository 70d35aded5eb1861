import { requireInput, requireShape } from '../error.ts'
import { fft2, signedFrequency } from '../math/fft.ts'

/** Noise power per pixel in every Fourier shell of a box: white noise of variance s2 has s2 in each. */
export interface NoiseSpectrum {
  readonly size: number
  /** Shells 0 … floor(n/2). */
  readonly power: Float64Array
  /** Variance of a pixel: the mean of the power over all frequencies. */
  readonly variance: number
}

/**
 * Radial noise spectrum of images from the pixels where `weight` is not 0 (the corners, or everything of a background
 * crop): the mean autocorrelation of the masked pixels is divided by the mask's own, so that no power leaks between
 * shells through the mask's edges (as in Bhamre, Zhang and Singer 2016, section 4), tapered at half the box, and
 * transformed. Each image's mean over the mask is taken off.
 */
export class NoiseSpectrumEstimator {
  private readonly size: number
  private readonly padded: number
  private readonly weight: Float64Array
  private readonly total: number
  private readonly power: Float64Array
  private count = 0

  constructor(size: number, weight: Float64Array) {
    requireShape(weight.length === size * size, () => `a mask for images of ${size} pixels needs ${size * size} values, found ${weight.length}`)
    this.size = size
    this.padded = 2 * size
    this.weight = weight
    this.total = weight.reduce((sum, value) => sum + value, 0)
    requireInput(this.total > 0, () => 'the noise cannot be estimated: the mask leaves no pixels')
    this.power = new Float64Array(this.padded ** 2)
  }

  /** Adds one or two images (two cost the same as one). Shape of each: size^2. */
  add(first: ArrayLike<number>, second?: ArrayLike<number>): void {
    const re = this.masked(first)
    const im = second ? this.masked(second) : new Float64Array(re.length)
    fft2(re, im, this.padded)
    for (let p = 0; p < re.length; p++) this.power[p]! += re[p]! ** 2 + im[p]! ** 2
    this.count += second ? 2 : 1
  }

  private masked(image: ArrayLike<number>): Float64Array {
    const { size, padded, weight, total } = this
    let mean = 0
    for (let p = 0; p < weight.length; p++) mean += weight[p]! * image[p]!
    mean /= total
    const result = new Float64Array(padded * padded)
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) result[y * padded + x] = weight[y * size + x]! * (image[y * size + x]! - mean)
    return result
  }

  /** The spectrum of the images so far. Errors: InvalidInput where there are none. */
  estimate(): NoiseSpectrum {
    requireInput(this.count > 0, () => 'the noise cannot be estimated: there are no images')
    const { size, padded } = this
    const data = { re: Float64Array.from(this.power, (value) => value / this.count), im: new Float64Array(padded * padded) }
    const mask = { re: new Float64Array(padded * padded), im: new Float64Array(padded * padded) }
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) mask.re[y * padded + x] = this.weight[y * size + x]!
    fft2(mask.re, mask.im, padded)
    for (let p = 0; p < mask.re.length; p++) {
      mask.re[p] = mask.re[p]! ** 2 + mask.im[p]! ** 2
      mask.im[p] = 0
    }
    fft2(data.re, data.im, padded, 'inverse')
    fft2(mask.re, mask.im, padded, 'inverse')
    const re = new Float64Array(size * size)
    const im = new Float64Array(size * size)
    const reach = size / 2
    for (let y = 0; y < size; y++) {
      const dy = signedFrequency(y, size)
      for (let x = 0; x < size; x++) {
        const dx = signedFrequency(x, size)
        const lag = Math.hypot(dx, dy)
        const at = ((dy + padded) % padded) * padded + ((dx + padded) % padded)
        const overlap = mask.re[at]!
        // Fewer than a handful of pairs say nothing.
        if (lag < reach && overlap > 4) re[y * size + x] = (data.re[at]! / overlap) * (0.5 + 0.5 * Math.cos((Math.PI * lag) / reach))
      }
    }
    const variance = re[0]!
    fft2(re, im, size)
    return { size, power: radialMean(re, size), variance }
  }
}

/** The mask of `NoiseSpectrumEstimator` for particles: 1 outside the disc, 0 inside. */
export function outsideDisc(size: number, radius: number): Float64Array {
  const centre = Math.floor(size / 2)
  return Float64Array.from({ length: size * size }, (_, p) => (((p % size) - centre) ** 2 + (Math.floor(p / size) - centre) ** 2 > radius * radius ? 1 : 0))
}

/** Mean over the shells round(|k|) = 0 … floor(n/2) of a plain transform's values. */
export function radialMean(values: ArrayLike<number>, size: number): Float64Array {
  const shells = Math.floor(size / 2)
  const sums = new Float64Array(shells + 1)
  const counts = new Float64Array(shells + 1)
  for (let y = 0, p = 0; y < size; y++) {
    for (let x = 0; x < size; x++, p++) {
      const shell = Math.round(Math.hypot(signedFrequency(x, size), signedFrequency(y, size)))
      if (shell > shells) continue
      sums[shell]! += values[p]!
      counts[shell]!++
    }
  }
  return sums.map((sum, shell) => sum / counts[shell]!)
}
