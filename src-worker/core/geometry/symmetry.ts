import { requireInput } from '../error.ts'
import type { Rotation } from './rotation.ts'

/** A point group Cn (n-fold about z) or Dn (and a two-fold about x): RELION's axes. */
export interface PointGroup {
  readonly fold: number
  /** True for Dn. */
  readonly dihedral: boolean
}

const LARGEST_FOLD = 12

/** Reads C1 to C12 or D2 to D12, in either case. Errors: any other name, in one sentence. */
export function parseSymmetry(name: string): PointGroup {
  const found = /^([cd])([1-9]\d?)$/i.exec(name.trim())
  const fold = Number(found?.[2] ?? 0)
  const dihedral = found?.[1]?.toLowerCase() === 'd'
  requireInput(fold >= (dihedral ? 2 : 1) && fold <= LARGEST_FOLD, () => `the symmetry is "${name}", expected C1 to C${LARGEST_FOLD} or D2 to D${LARGEST_FOLD}`, { field: 'symmetry', found: name })
  return { fold, dihedral }
}

/** The rotations of a point group, the identity first: n of Cn, 2n of Dn. */
export function symmetryOperations(name: string): Rotation[] {
  const { fold, dihedral } = parseSymmetry(name)
  const turns = Array.from({ length: fold }, (_, k) => {
    const angle = (2 * Math.PI * k) / fold
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    return Float64Array.of(c, -s, 0, s, c, 0, 0, 0, 1)
  })
  // Rz(angle) diag(1, -1, -1): two-folds in the plane z = 0, the first of them about x
  return dihedral ? [...turns, ...turns.map(([c, s]) => Float64Array.of(c!, -s!, 0, s!, c!, 0, 0, 0, 1).map((value, i) => (i % 3 === 0 ? value : -value)))] : turns
}

/**
 * Which real spherical harmonics a function with the symmetry is made of: true where y_lmu is itself invariant, index
 * l^2 + l + mu. Cn: n divides mu. Dn: of those, mu >= 0 with l + mu even and mu < 0 with l + |mu| odd, since y_lmu has
 * cos(mu phi) for mu >= 0 and sin(|mu| phi) for mu < 0 and the two-fold about x maps (theta, phi) to (pi - theta, -phi),
 * P_l^m(-x) = (-1)^(l+m) P_l^m(x). All others average to zero over the group (test/core/geometry/symmetry.test.ts).
 */
export function symmetricCoefficients(degree: number, name: string): boolean[] {
  const { fold, dihedral } = parseSymmetry(name)
  const kept: boolean[] = []
  for (let l = 0; l <= degree; l++) {
    for (let mu = -l; mu <= l; mu++) kept.push(mu % fold === 0 && (!dihedral || (l + Math.abs(mu)) % 2 === (mu < 0 ? 1 : 0)))
  }
  return kept
}
