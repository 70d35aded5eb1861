import { normalizedLegendre } from '../math/legendre.ts'

/**
 * Real orthonormal spherical harmonics at the direction (x, y, z), any positive length: with Condon-Shortley Y_l^m,
 * y_mu = (Y_{-mu} + (-1)^mu Y_mu)/sqrt 2 (mu > 0), i (Y_{-|mu|} - (-1)^mu Y_{|mu|})/sqrt 2 (mu < 0), y_0 = Y_0; that is
 * (-1)^mu sqrt 2 Pbar_l^|mu| times cos(mu f) or sin(|mu| f).
 * **Shape**: (degree + 1)^2 values, index l^2 + l + mu.
 */
export function realSphericalHarmonics(degree: number, x: number, y: number, z: number): Float64Array {
  const length = Math.hypot(x, y, z)
  const legendre = normalizedLegendre(degree, length === 0 ? 1 : z / length)
  const values = new Float64Array((degree + 1) ** 2)
  const across = Math.hypot(x, y)
  const c = across === 0 ? 1 : x / across
  const s = across === 0 ? 0 : y / across
  // cosine and sine of m f carry (-1)^m sqrt 2, by rotating with -(c, s)
  let cosine = Math.SQRT2
  let sine = 0
  for (let l = 0; l <= degree; l++) values[l * l + l] = legendre[(l * (l + 1)) / 2]!
  for (let m = 1; m <= degree; m++) {
    const next = -(cosine * c - sine * s)
    sine = -(sine * c + cosine * s)
    cosine = next
    for (let l = m; l <= degree; l++) {
      const p = legendre[(l * (l + 1)) / 2 + m]!
      values[l * l + l + m] = p * cosine
      values[l * l + l - m] = p * sine
    }
  }
  return values
}
