import { fft2, signedFrequency } from '../math/fft.ts'
import type { NoiseSpectrum } from './noise-spectrum.ts'

/**
 * The filter that turns noise of this spectrum into white noise of variance 1, on a plain transform of `size`: 1 over
 * the square root of the power, linear between shells, constant beyond the last. Power below a ten-thousandth of its
 * mean is taken as that (an empty shell would be blown up). Shape: size^2. Multiply the model by the same filter.
 */
export function whiteningFilter(spectrum: NoiseSpectrum, size: number = spectrum.size): Float64Array {
  const { power } = spectrum
  const floor = 1e-4 * (power.reduce((sum, value) => sum + value, 0) / power.length)
  const last = power.length - 1
  const scale = spectrum.size / size
  return Float64Array.from({ length: size * size }, (_, p) => {
    // A shell of this box in shells of the spectrum's, when both have the same pixels.
    const shell = Math.min(last, Math.hypot(signedFrequency(p % size, size), signedFrequency(Math.floor(p / size), size)) * scale)
    const low = Math.floor(shell)
    const value = power[low]! + (shell - low) * ((power[Math.min(last, low + 1)] ?? 0) - power[low]!)
    return 1 / Math.sqrt(Math.max(floor, value))
  })
}

/** Multiplies the transform of every image by a real filter, in place; images are size^2, two at a time. */
export function filterImages(images: Float32Array, size: number, filter: Float64Array): void {
  const area = size * size
  const count = images.length / area
  const re = new Float64Array(area)
  const im = new Float64Array(area)
  for (let i = 0; i < count; i += 2) {
    const first = images.subarray(i * area, (i + 1) * area)
    const second = i + 1 < count ? images.subarray((i + 1) * area, (i + 2) * area) : undefined
    re.set(first)
    if (second) im.set(second)
    else im.fill(0)
    fft2(re, im, size)
    for (let p = 0; p < area; p++) {
      re[p]! *= filter[p]!
      im[p]! *= filter[p]!
    }
    fft2(re, im, size, 'inverse')
    first.set(re)
    second?.set(im)
  }
}
