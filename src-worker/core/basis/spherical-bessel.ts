import { requireInput, requireShape } from '../error.ts'
import { realSphericalHarmonics } from '../geometry/spherical-harmonics.ts'
import { sphericalBesselJ, sphericalBesselZeros } from '../math/spherical-bessel.ts'

/**
 * Real orthonormal basis of a ball: `b_lsmu(x) = c_ls j_l(u_ls r / R) y_lmu(x/r)` for r <= R, zero outside, with u_ls
 * the zeros of j_l up to maxFrequency R and `c_ls = sqrt(2/R^3) / |j_{l+1}(u_ls)|` (algorithms.md 9).
 * Coefficients are laid out per degree l as (2l+1) x counts[l], row-major, starting at offsets[l].
 */
export interface SphericalBesselBasis {
  readonly degree: number
  /** Ball radius, voxels. */
  readonly radius: number
  /** Band limit, rad per voxel. */
  readonly maxFrequency: number
  /** Zeros u_ls per degree. */
  readonly zeros: readonly Float64Array[]
  readonly counts: readonly number[]
  readonly offsets: readonly number[]
  readonly length: number
}

/** Builds the basis of degree <= `degree` on a ball of `radius` voxels with radial frequencies up to `maxFrequency`. */
export function sphericalBesselBasis(options: { degree: number; radius: number; maxFrequency: number }): SphericalBesselBasis {
  const { degree, radius, maxFrequency } = options
  requireInput(degree >= 0 && radius > 0 && maxFrequency > 0, () => `a ball basis needs degree >= 0, radius > 0 and a band limit > 0, found ${degree}, ${radius}, ${maxFrequency}`)
  const zeros = sphericalBesselZeros(degree, maxFrequency * radius)
  const counts = zeros.map((z) => z.length)
  const offsets: number[] = []
  let length = 0
  counts.forEach((count, l) => {
    offsets.push(length)
    length += (2 * l + 1) * count
  })
  return { degree, radius, maxFrequency, zeros, counts, offsets, length }
}

/** Normalisation c_ls of one radial function. */
function norm(basis: SphericalBesselBasis, l: number, s: number): number {
  return Math.sqrt(2 / basis.radius ** 3) / Math.abs(sphericalBesselJ(l + 1, basis.zeros[l]![s]!)[l + 1]!)
}

/**
 * Radial Fourier profiles `F_ls(kappa) = 4 pi int_0^R c_ls j_l(u r/R) j_l(kappa r) r^2 dr
 * = 4 pi c_ls R^3 u j_l'(u) j_l(b) / (b^2 - u^2)`, b = kappa R (limit at b = u: 2 pi c R^3 j_{l+1}(u)^2).
 * The Fourier transform of the basis function is `(-i)^l F_ls(kappa) y_lmu(k/kappa)`.
 * Shape: per l, counts[l] x frequencies.length.
 */
export function fourierProfiles(basis: SphericalBesselBasis, frequencies: Float64Array): Float64Array[] {
  const out = basis.counts.map((count) => new Float64Array(count * frequencies.length))
  const radial = Array.from(frequencies, (kappa) => sphericalBesselJ(basis.degree, kappa * basis.radius))
  const cube = basis.radius ** 3
  basis.counts.forEach((count, l) => {
    for (let s = 0; s < count; s++) {
      const u = basis.zeros[l]![s]!
      const c = norm(basis, l, s)
      const next = sphericalBesselJ(l + 1, u)[l + 1]!
      for (let i = 0; i < frequencies.length; i++) {
        const b = frequencies[i]! * basis.radius
        // j_l'(u) = -j_{l+1}(u) at a zero of j_l
        const value = Math.abs(b - u) < 1e-8 ? 0.5 * next * next : (-u * next * radial[i]![l]!) / (b * b - u * u)
        out[l]![s * frequencies.length + i] = 4 * Math.PI * c * cube * value
      }
    }
  })
  return out
}

/**
 * The volume of the given coefficients on an n^3 grid centred at floor(n/2). Shape: size^3, x fastest.
 * Cost O(points in the ball x length / radial counts): seconds at 64^3 and degree 20.
 */
export function evaluateVolume(basis: SphericalBesselBasis, coefficients: Float64Array, size: number): Float32Array {
  requireShape(coefficients.length === basis.length, () => `expected ${basis.length} coefficients, found ${coefficients.length}`)
  const out = new Float32Array(size ** 3)
  const centre = Math.floor(size / 2)
  const most = Math.min(Math.floor(basis.radius), centre)
  const tables = radialTables(basis, coefficients)
  for (let z = -most; z <= Math.min(most, size - 1 - centre); z++) {
    for (let y = -most; y <= Math.min(most, size - 1 - centre); y++) {
      for (let x = -most; x <= Math.min(most, size - 1 - centre); x++) {
        const r2 = x * x + y * y + z * z
        if (r2 > basis.radius ** 2) continue
        const table = tables(r2)
        const r = Math.sqrt(r2)
        const harmonics = r2 === 0 ? realSphericalHarmonics(basis.degree, 0, 0, 1) : realSphericalHarmonics(basis.degree, x / r, y / r, z / r)
        let sum = 0
        const terms = r2 === 0 ? 1 : table.length
        for (let i = 0; i < terms; i++) sum += table[i]! * harmonics[i]!
        out[((z + centre) * size + y + centre) * size + x + centre] = sum
      }
    }
  }
  return out
}

// f_lmu(r) = sum_s x_lmus c_ls j_l(u r / R), cached per squared radius. Index l*l + l + mu.
function radialTables(basis: SphericalBesselBasis, coefficients: Float64Array): (r2: number) => Float64Array {
  const cache = new Map<number, Float64Array>()
  const norms = basis.counts.map((count, l) => Float64Array.from({ length: count }, (_, s) => norm(basis, l, s)))
  return (r2) => {
    let table = cache.get(r2)
    if (!table) {
      table = new Float64Array((basis.degree + 1) ** 2)
      for (let l = 0; l <= basis.degree; l++) {
        const count = basis.counts[l]!
        for (let s = 0; s < count; s++) {
          const value = norms[l]![s]! * sphericalBesselJ(l, (basis.zeros[l]![s]! * Math.sqrt(r2)) / basis.radius)[l]!
          for (let k = 0; k < 2 * l + 1; k++) table[l * l + k]! += value * coefficients[basis.offsets[l]! + k * count + s]!
        }
      }
      cache.set(r2, table)
    }
    return table
  }
}

/**
 * Coefficients of another basis of the same radius, by matching degree and zero: what `to` lacks is dropped, what
 * `from` lacks is zero. Used between the stages of frequency marching.
 */
export function transferCoefficients(from: SphericalBesselBasis, to: SphericalBesselBasis, coefficients: Float64Array): Float64Array {
  requireShape(from.radius === to.radius, () => `bases of different radius: ${from.radius} and ${to.radius}`)
  const out = new Float64Array(to.length)
  for (let l = 0; l <= Math.min(from.degree, to.degree); l++) {
    const kept = Math.min(from.counts[l]!, to.counts[l]!)
    for (let k = 0; k < 2 * l + 1; k++) {
      for (let s = 0; s < kept; s++) out[to.offsets[l]! + k * to.counts[l]! + s] = coefficients[from.offsets[l]! + k * from.counts[l]! + s]!
    }
  }
  return out
}
