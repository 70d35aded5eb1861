import { sphericalBesselBasis, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import { sphericalBesselJ } from '#core/math/spherical-bessel.ts'
import { requireShape } from '#core/error.ts'

/**
 * Coefficients of a voxel grid in a ball basis by summing over the voxels of the ball, `x_lsmu = sum_x v(x) b_lsmu(x)`:
 * the least-squares fit where the sum is a good quadrature, that is for band limits well below Nyquist.
 * Inverse of `evaluateVolume` for volumes of the basis. Shape: data is size^3, centred at floor(size / 2).
 */
export function expandVolume(basis: SphericalBesselBasis, data: ArrayLike<number>, size: number): Float64Array {
  requireShape(data.length === size ** 3, () => `a volume of box ${size} needs ${size ** 3} values, found ${data.length}`)
  const shells = angularSums(basis, data, size)
  const out = new Float64Array(basis.length)
  for (const [r2, sums] of shells) {
    const radial = radialValues(basis, Math.sqrt(r2))
    basis.counts.forEach((count, l) => {
      for (let k = 0; k < 2 * l + 1; k++) {
        const value = sums[l * l + k]!
        const at = basis.offsets[l]! + k * count
        for (let s = 0; s < count; s++) out[at + s]! += value * radial[l]![s]!
      }
    })
  }
  return out
}

/** The same volume on a ball of another radius (or another band and degree), by way of the voxels. */
export function reexpand(from: SphericalBesselBasis, to: { degree: number; radius: number; maxFrequency: number }, evaluated: Float32Array, size: number): { basis: SphericalBesselBasis; coefficients: Float64Array } {
  const basis = sphericalBesselBasis({ degree: Math.min(from.degree, to.degree), radius: to.radius, maxFrequency: to.maxFrequency })
  return { basis, coefficients: expandVolume(basis, evaluated, size) }
}

// Per squared radius, sum over its voxels of v(x) y_lmu(x / r)
function angularSums(basis: SphericalBesselBasis, data: ArrayLike<number>, size: number): Map<number, Float64Array> {
  const shells = new Map<number, Float64Array>()
  const centre = Math.floor(size / 2)
  const low = -Math.min(Math.floor(basis.radius), centre)
  const high = Math.min(Math.floor(basis.radius), size - 1 - centre)
  for (let z = low; z <= high; z++) {
    for (let y = low; y <= high; y++) {
      for (let x = low; x <= high; x++) {
        const r2 = x * x + y * y + z * z
        const value = data[((z + centre) * size + y + centre) * size + x + centre]!
        if (r2 > basis.radius ** 2 || value === 0) continue
        const harmonics = realSphericalHarmonics(r2 === 0 ? 0 : basis.degree, x, y, r2 === 0 ? 1 : z)
        let sums = shells.get(r2)
        if (!sums) shells.set(r2, (sums = new Float64Array((basis.degree + 1) ** 2)))
        for (let i = 0; i < harmonics.length; i++) sums[i]! += value * harmonics[i]!
      }
    }
  }
  return shells
}

// c_ls j_l(u_ls r / R)
function radialValues(basis: SphericalBesselBasis, r: number): Float64Array[] {
  return basis.zeros.map((zeros, l) =>
    Float64Array.from(zeros, (u) => (Math.sqrt(2 / basis.radius ** 3) / Math.abs(sphericalBesselJ(l + 1, u)[l + 1]!)) * sphericalBesselJ(l, (u * r) / basis.radius)[l]!),
  )
}
