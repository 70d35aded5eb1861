import type { SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'

/** Bin of every radial function, by its frequency u / R: about one bin per 1.5 zeros, so that every bin holds data. */
export interface RadialBins {
  readonly count: number
  /** Per degree, the bin of each radial function. */
  readonly of: readonly Int32Array[]
}

/** Bins of equal width over 0 .. maxFrequency. */
export function radialBins(basis: SphericalBesselBasis): RadialBins {
  const count = Math.max(3, Math.round((basis.maxFrequency * basis.radius) / (1.5 * Math.PI)))
  return { count, of: basis.zeros.map((zeros) => Int32Array.from(zeros, (u) => Math.min(count - 1, Math.floor((u / (basis.radius * basis.maxFrequency)) * count)))) }
}

/** One value per coefficient from one value per bin. Shape: basis.length. */
export function spreadBins(basis: SphericalBesselBasis, bins: RadialBins, values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(basis.length)
  forEachCoefficient(basis, (index, l, s) => (out[index] = values[bins.of[l]![s]!]!))
  return out
}

/** Mean per bin of one value per coefficient; 0 for a bin that holds none. */
export function binMeans(basis: SphericalBesselBasis, bins: RadialBins, values: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(bins.count)
  const count = new Float64Array(bins.count)
  forEachCoefficient(basis, (index, l, s) => {
    const bin = bins.of[l]![s]!
    sum[bin]! += values[index]!
    count[bin]!++
  })
  return sum.map((value, bin) => (count[bin]! > 0 ? value / count[bin]! : 0))
}

/**
 * Wiener prior variance per bin: the mean of x^2 + (posterior variance), one step towards the maximum of the marginal
 * likelihood (MacKay 1992, evidence update of Gaussians with known posterior variance).
 */
export function updateVariances(basis: SphericalBesselBasis, bins: RadialBins, now: { coefficients: Float64Array; variances: Float64Array }): Float64Array {
  return binMeans(basis, bins, now.coefficients.map((x, i) => x * x + now.variances[i]!)).map((value) => Math.max(value, 1e-30))
}

function forEachCoefficient(basis: SphericalBesselBasis, visit: (index: number, l: number, s: number) => void): void {
  basis.counts.forEach((count, l) => {
    for (let k = 0; k < 2 * l + 1; k++) for (let s = 0; s < count; s++) visit(basis.offsets[l]! + k * count + s, l, s)
  })
}
