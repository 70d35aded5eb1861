import { requireInput } from '../error.ts'

/**
 * Orthonormal associated Legendre functions Pbar_l^m(x), 0 <= m <= l <= degree, Condon-Shortley phase included, so that
 * Y_l^m(t, f) = Pbar_l^m(cos t) exp(i m f) is orthonormal on the sphere.
 * **Shape**: (degree + 1)(degree + 2) / 2 values, index l (l + 1) / 2 + m.
 * **Source**: the stable three-term recurrence in l, e.g. Press et al., Numerical Recipes 6.7.
 */
export function normalizedLegendre(degree: number, x: number): Float64Array {
  requireInput(Number.isInteger(degree) && degree >= 0, () => `a Legendre degree is a whole number, at least 0, found ${degree}`)
  const values = new Float64Array(((degree + 1) * (degree + 2)) / 2)
  const sine = Math.sqrt(Math.max(0, (1 - x) * (1 + x)))
  let diagonal = Math.sqrt(1 / (4 * Math.PI))
  for (let m = 0; m <= degree; m++) {
    if (m > 0) diagonal *= -sine * Math.sqrt((2 * m + 1) / (2 * m))
    let before = 0
    let last = diagonal
    values[(m * (m + 1)) / 2 + m] = last
    for (let l = m + 1; l <= degree; l++) {
      const up = Math.sqrt((4 * l * l - 1) / (l * l - m * m))
      const down = Math.sqrt(((l - 1) * (l - 1) - m * m) / (4 * (l - 1) * (l - 1) - 1))
      const next = up * (x * last - down * before)
      before = last
      last = next
      values[(l * (l + 1)) / 2 + m] = next
    }
  }
  return values
}
