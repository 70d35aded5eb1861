/**
 * Bessel functions of the first kind J_0(x) .. J_order(x), x >= 0, by Miller's downward recurrence normalised with
 * `J_0 + 2 sum_k J_2k = 1` (DLMF 10.6.1, 10.12.4). Absolute error about 1e-15.
 * Shape: order + 1 values.
 */
export function besselJ(order: number, x: number): Float64Array {
  const out = new Float64Array(order + 1)
  if (x === 0) {
    out[0] = 1
    return out
  }
  if (x < 1e-8) {
    let value = 1
    for (let m = 0; m <= order; m++) {
      out[m] = value
      value *= x / (2 * (m + 1))
    }
    return out
  }
  const start = 2 * Math.ceil((Math.max(order, x) + 20 + 6 * Math.cbrt(Math.max(order, x))) / 2)
  let next = 0
  let here = 1e-280
  let sum = 0
  for (let m = start; m >= 0; m--) {
    if (m <= order) out[m] = here
    if (m % 2 === 0) sum += m === 0 ? here : 2 * here
    const previous = ((2 * m) / x) * here - next
    next = here
    here = previous
    if (Math.abs(here) > 1e200) {
      here *= 1e-250
      next *= 1e-250
      sum *= 1e-250
      for (let i = m; i <= order; i++) out[i]! *= 1e-250
    }
  }
  for (let m = 0; m <= order; m++) out[m]! /= sum
  return out
}
