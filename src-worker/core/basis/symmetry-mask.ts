import { symmetricCoefficients } from '../geometry/symmetry.ts'
import type { SphericalBesselBasis } from './spherical-bessel.ts'

/** 1 for every coefficient of a ball basis that a volume of the symmetry may have, 0 where it has to vanish. Shape: basis.length. */
export function symmetryMask(basis: SphericalBesselBasis, name: string): Uint8Array {
  const kept = symmetricCoefficients(basis.degree, name)
  const mask = new Uint8Array(basis.length)
  basis.counts.forEach((count, l) => {
    for (let k = 0; k < 2 * l + 1; k++) if (kept[l * l + k]!) mask.fill(1, basis.offsets[l]! + k * count, basis.offsets[l]! + (k + 1) * count)
  })
  return mask
}
