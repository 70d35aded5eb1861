import { requireInput, requireShape } from '../error.ts'
import { fft3 } from '../math/fft.ts'
import type { Volume } from './volume.ts'

/** Correlation of two maps by resolution. */
export interface FscCurve {
  /** Spatial frequency of each shell, 1/Angstrom: i / (boxSize voxelSize), i = 0..floor(boxSize / 2). */
  readonly frequency: Float64Array
  /** Fourier shell correlation; shell 0 is 1 by definition. */
  readonly correlation: Float64Array
  readonly boxSize: number
  /** Angstrom. */
  readonly voxelSize: number
}

/** Where a curve falls below a threshold, by two rules that are always named. */
export interface FscResolution {
  readonly threshold: number
  /** First crossing by linear interpolation, in shells (fractional); the last shell if the curve never crosses. */
  readonly shell: number
  /** Angstrom at `shell`. */
  readonly resolution: number
  /** RELION's rule, Angstrom: the last shell before the first one below the threshold; 999 if that is shell 0. */
  readonly relionResolution: number
  /** False where the curve stays above the threshold to its end: the resolution is then only a bound, the Nyquist shell. */
  readonly crossed: boolean
}

/**
 * Fourier shell correlation `Re sum A conj(B) / sqrt(sum |A|^2 sum |B|^2)` over shells `round(|k|)`, 0..floor(n/2).
 * A shell in which a map is empty has correlation 0.
 * **Units**: both maps need the same box; the voxel size is a's. **Errors**: ShapeMismatch on different boxes, InvalidInput
 * on values that are not finite.
 * **Source**: the shells and the half-space sum of RELION's getFSC (the plane h = 0 is counted whole), so that the curves agree.
 */
export function fourierShellCorrelation(a: Volume, b: Volume): FscCurve {
  const { size } = a
  requireShape(size === b.size, () => `the maps of a Fourier shell correlation need the same box, found ${size} and ${b.size}`)
  const re = toUnitPower(a)
  const im = toUnitPower(b)
  // one transform for two real maps: Z = A + iB, A = (Z(k) + conj Z(-k)) / 2, B = (Z(k) - conj Z(-k)) / 2i
  fft3(re, im, size)
  const last = Math.floor(size / 2)
  const cross = new Float64Array(last + 1)
  const powerA = new Float64Array(last + 1)
  const powerB = new Float64Array(last + 1)
  for (let z = 0; z < size; z++) {
    const l = z <= last ? z : z - size
    for (let y = 0; y < size; y++) {
      const k = y <= last ? y : y - size
      const row = (z * size + y) * size
      const mirror = (((size - z) % size) * size + ((size - y) % size)) * size
      for (let h = 0; h <= last; h++) {
        const shell = Math.round(Math.sqrt(h * h + k * k + l * l))
        if (shell > last) continue
        const i = row + h
        const j = mirror + ((size - h) % size)
        const aRe = re[i]! + re[j]!
        const aIm = im[i]! - im[j]!
        const bRe = im[i]! + im[j]!
        const bIm = re[j]! - re[i]!
        cross[shell]! += aRe * bRe + aIm * bIm
        powerA[shell]! += aRe * aRe + aIm * aIm
        powerB[shell]! += bRe * bRe + bIm * bIm
      }
    }
  }
  // below this a shell holds only the rounding of the transform
  const nothing = size ** 3 * 1e-24
  const correlation = cross.map((value, i) => (powerA[i]! > nothing && powerB[i]! > nothing ? value / Math.sqrt(powerA[i]! * powerB[i]!) : 0))
  correlation[0] = 1
  return { frequency: correlation.map((_, i) => i / (size * a.voxelSize)), correlation, boxSize: size, voxelSize: a.voxelSize }
}

// Two maps in one transform must be of one scale, or the larger one's rounding drowns the smaller.
function toUnitPower(volume: Volume): Float64Array {
  let power = 0
  for (const value of volume.data) power += value * value
  requireInput(Number.isFinite(power), () => 'a Fourier shell correlation needs finite densities, found NaN or infinite values')
  const scale = power > 0 ? Math.sqrt(volume.data.length / power) : 0
  return Float64Array.from(volume.data, (value) => value * scale)
}

/**
 * Resolution of a curve at a threshold: the first crossing, `r* = i + (FSC_i - t) / (FSC_i - FSC_(i+1))`, and RELION's
 * rule beside it. An early dip counts; a curve that never falls below says so.
 */
export function resolutionAt(curve: FscCurve, threshold: number): FscResolution {
  const { correlation } = curve
  const extent = curve.boxSize * curve.voxelSize
  const below = correlation.findIndex((value, i) => i > 0 && value < threshold)
  if (below < 0) {
    const shell = correlation.length - 1
    return { threshold, shell, resolution: extent / shell, relionResolution: extent / shell, crossed: false }
  }
  const before = correlation[below - 1]!
  const shell = below - 1 + (before - threshold) / (before - correlation[below]!)
  return { threshold, shell, resolution: extent / shell, relionResolution: below > 1 ? extent / (below - 1) : 999, crossed: true }
}
