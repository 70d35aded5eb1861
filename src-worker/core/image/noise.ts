import type { Random } from '../random.ts'

/** Adds white Gaussian noise of standard deviation sigma to every value, in place. */
export function addWhiteNoise(values: Float32Array, sigma: number, random: Random): void {
  if (sigma === 0) return
  for (let i = 0; i < values.length; i++) values[i] = values[i]! + sigma * random.normal()
}

/** `sum |I|^2` over all values given. */
export function signalEnergy(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2
  return sum
}

/** SNR = E|I|^2 / (n^2 sigma^2) for the mean energy of a clean n x n image; infinite without noise. */
export function snrFromSigma(meanEnergy: number, size: number, sigma: number): number {
  return sigma === 0 ? Infinity : meanEnergy / (size * size * sigma * sigma)
}

/** The sigma that gives an SNR; the inverse of `snrFromSigma`. */
export function sigmaFromSnr(meanEnergy: number, size: number, snr: number): number {
  return Math.sqrt(meanEnergy / (size * size * snr))
}
