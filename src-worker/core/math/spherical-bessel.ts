/**
 * Spherical Bessel functions j_0(x) .. j_degree(x), x >= 0: upward recurrence where it is stable (x > degree), else
 * downward from a start value fixed by j_0 or j_1 (DLMF 10.51.1). Shape: degree + 1 values.
 */
export function sphericalBesselJ(degree: number, x: number): Float64Array {
  const out = new Float64Array(degree + 1)
  if (x < 1e-6) {
    let value = 1
    for (let l = 0; l <= degree; l++) {
      out[l] = value * (1 - (x * x) / (2 * (2 * l + 3)))
      value *= x / (2 * l + 3)
    }
    return out
  }
  const j0 = Math.sin(x) / x
  const j1 = j0 / x - Math.cos(x) / x
  if (x > degree + 1) {
    out[0] = j0
    if (degree > 0) out[1] = j1
    for (let l = 1; l < degree; l++) out[l + 1] = ((2 * l + 1) / x) * out[l]! - out[l - 1]!
    return out
  }
  const start = Math.ceil(degree + 20 + 6 * Math.cbrt(degree) + x)
  let next = 0
  let here = 1e-280
  let at0 = 0
  let at1 = 0
  for (let l = start; l >= 0; l--) {
    if (l <= degree) out[l] = here
    if (l === 1) at1 = here
    if (l === 0) at0 = here
    const previous = ((2 * l + 1) / x) * here - next
    next = here
    here = previous
    if (l > 1 && Math.abs(here) > 1e200) {
      here *= 1e-250
      next *= 1e-250
      for (let i = l; i <= degree; i++) out[i]! *= 1e-250
    }
  }
  const scale = Math.abs(j0) >= Math.abs(j1) ? j0 / at0 : j1 / at1
  for (let l = 0; l <= degree; l++) out[l]! *= scale
  return out
}

/**
 * Positive zeros of j_0 .. j_degree up to `limit`, by bisection between the zeros of the degree below (they interlace).
 * Shape: one ascending array per degree, possibly empty.
 */
export function sphericalBesselZeros(degree: number, limit: number): Float64Array[] {
  const count = Math.ceil(limit / Math.PI) + degree + 2
  let zeros = Float64Array.from({ length: count }, (_, i) => (i + 1) * Math.PI)
  const out = [zeros.filter((z) => z <= limit)]
  for (let l = 1; l <= degree; l++) {
    const next = new Float64Array(zeros.length - 1)
    for (let i = 0; i < next.length; i++) next[i] = bisect(l, zeros[i]!, zeros[i + 1]!)
    zeros = next
    out.push(zeros.filter((z) => z <= limit))
  }
  return out
}

function bisect(l: number, low: number, high: number): number {
  const value = (x: number): number => sphericalBesselJ(l, x)[l]!
  let a = low
  let b = high
  const sign = Math.sign(value(a + 1e-12 * a))
  for (let i = 0; i < 200 && b - a > 4e-15 * b; i++) {
    const middle = (a + b) / 2
    if (Math.sign(value(middle)) === sign) a = middle
    else b = middle
  }
  return (a + b) / 2
}
