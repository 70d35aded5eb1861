import { fourierProfiles, transferCoefficients, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'

/** Volume coefficients and their basis. */
export interface BallVolume {
  readonly basis: SphericalBesselBasis
  readonly coefficients: Float64Array
}

/**
 * Fourier shell correlation of two volumes on the same ball, exactly on the spheres |k| = 2 pi r / boxSize, r = 0 ..
 * `shells`: with `V_lmu(kappa) = sum_s F_ls(kappa) x_lmus` it is `Re sum A conj B / sqrt(sum |A|^2 sum |B|^2)` over l, mu.
 */
export function shellCorrelation(a: BallVolume, b: BallVolume, options: { boxSize: number; shells: number }): Float64Array {
  const basis = a.basis.length >= b.basis.length ? a.basis : b.basis
  const x = transferCoefficients(a.basis, basis, a.coefficients)
  const y = transferCoefficients(b.basis, basis, b.coefficients)
  const count = options.shells + 1
  const frequencies = Float64Array.from({ length: count }, (_, r) => (2 * Math.PI * Math.max(r, 1e-3)) / options.boxSize)
  const profiles = fourierProfiles(basis, frequencies)
  const cross = new Float64Array(count)
  const powerA = new Float64Array(count)
  const powerB = new Float64Array(count)
  basis.counts.forEach((width, l) => {
    for (let k = 0; k < 2 * l + 1; k++) {
      const from = basis.offsets[l]! + k * width
      for (let r = 0; r < count; r++) {
        let u = 0
        let v = 0
        for (let s = 0; s < width; s++) {
          u += x[from + s]! * profiles[l]![s * count + r]!
          v += y[from + s]! * profiles[l]![s * count + r]!
        }
        cross[r]! += u * v
        powerA[r]! += u * u
        powerB[r]! += v * v
      }
    }
  })
  return cross.map((value, r) => (powerA[r]! > 0 && powerB[r]! > 0 ? value / Math.sqrt(powerA[r]! * powerB[r]!) : 0))
}

/** First shell (fractional) at which a correlation falls below a threshold, from shell 1 on; the last if it never does. */
export function crossing(correlation: ArrayLike<number>, threshold: number): number {
  for (let r = 1; r < correlation.length; r++) {
    const here = correlation[r]!
    if (here >= threshold) continue
    const before = r === 1 ? 1 : correlation[r - 1]!
    return r - 1 + (before - threshold) / (before - here)
  }
  return correlation.length - 1
}
