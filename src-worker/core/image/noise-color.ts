import { requireInput } from '../error.ts'
import { whiteningFilter } from './whiten.ts'
import type { NoiseSpectrum } from './noise-spectrum.ts'

/** Noise as detectors and ice make it: white, and rising towards low frequencies below the knee. */
export interface NoiseLaw {
  /** Where the rising part is as strong as the white one, 1/Angstrom. */
  readonly knee: number
  /** Power of frequency with which it falls. */
  readonly exponent: number
}

/** The law `1 + (knee / s)^exponent` in the shells of a box, with variance 1; the zero frequency has the power of shell 1. */
export function lawSpectrum({ knee, exponent }: NoiseLaw, size: number, pixelSize: number): NoiseSpectrum {
  requireInput(knee > 0 && exponent > 0, () => `the noise rises below ${knee} 1/Angstrom with exponent ${exponent}, expected both more than 0`, { knee, exponent })
  return unitVariance(size, (shell) => 1 + ((knee * size * pixelSize) / Math.max(1, shell)) ** exponent)
}

/** A measured spectrum (frequencies in 1/Angstrom ascending, linear between, constant beyond) in the shells of a box, with variance 1. */
export function tabulatedSpectrum(table: { readonly frequency: readonly number[]; readonly power: readonly number[] }, size: number, pixelSize: number): NoiseSpectrum {
  const { frequency, power } = table
  return unitVariance(size, (shell) => {
    const s = shell / (size * pixelSize)
    const above = frequency.findIndex((value) => value >= s)
    if (above === 0) return power[0]!
    if (above < 0) return power.at(-1)!
    const part = (s - frequency[above - 1]!) / (frequency[above]! - frequency[above - 1]!)
    return power[above - 1]! + part * (power[above]! - power[above - 1]!)
  })
}

/** The filter that gives white noise of variance 1 this spectrum, on a plain transform. Shape: size^2. */
export function coloringFilter(spectrum: NoiseSpectrum): Float64Array {
  return whiteningFilter(spectrum).map((value) => 1 / value)
}

// Power in shells, scaled so that the pixels of filtered white noise have variance 1.
function unitVariance(size: number, powerAt: (shell: number) => number): NoiseSpectrum {
  const raw = { size, power: Float64Array.from({ length: Math.floor(size / 2) + 1 }, (_, shell) => powerAt(shell)), variance: 1 }
  const filter = coloringFilter(raw)
  let mean = 0
  for (let p = 0; p < filter.length; p++) mean += filter[p]! ** 2 / filter.length
  return { size, power: raw.power.map((value) => value / mean), variance: 1 }
}
