/** What one size of transform needs: its radices and the roots of unity exp(-2 pi i j / n). */
export interface StockhamPlan {
  readonly size: number
  readonly factors: readonly number[]
  readonly cos: Float64Array
  readonly sin: Float64Array
}

/** Radices of a size: fours first, then 2, 3, 5 and larger primes. */
export function factorize(size: number): number[] {
  const factors: number[] = []
  let rest = size
  while (rest % 4 === 0) {
    factors.push(4)
    rest /= 4
  }
  for (let p = 2; p * p <= rest; p++) {
    while (rest % p === 0) {
      factors.push(p)
      rest /= p
    }
  }
  if (rest > 1) factors.push(rest)
  return factors
}

const SIN_60 = Math.sqrt(3) / 2
const COS_72 = Math.cos((2 * Math.PI) / 5)
const SIN_72 = Math.sin((2 * Math.PI) / 5)
const COS_144 = Math.cos((4 * Math.PI) / 5)
const SIN_144 = Math.sin((4 * Math.PI) / 5)

/**
 * Autosort transform (Stockham; Van Loan 1992, section 1.7) between two pairs of buffers.
 * Stage of radix r, remaining length c, m = c / r, stride s: `y[q + s (r p + j)] = w_c^{jp} sum_k x[q + s (p + m k)] w_r^{jk}`.
 * Returns true when the result lies in the second pair.
 */
export function stockham(plan: StockhamPlan, aRe: Float64Array, aIm: Float64Array, bRe: Float64Array, bIm: Float64Array): boolean {
  let xr = aRe
  let xi = aIm
  let yr = bRe
  let yi = bIm
  let length = plan.size
  let stride = 1
  for (const radix of plan.factors) {
    const m = length / radix
    const step = plan.size / length
    const span = m * stride
    for (let p = 0; p < m; p++) {
      const from = stride * p
      const to = stride * radix * p
      const w = p * step
      if (radix === 2) butterfly2(plan, xr, xi, yr, yi, from, to, stride, span, w)
      else if (radix === 3) butterfly3(plan, xr, xi, yr, yi, from, to, stride, span, w)
      else if (radix === 4) butterfly4(plan, xr, xi, yr, yi, from, to, stride, span, w)
      else if (radix === 5) butterfly5(plan, xr, xi, yr, yi, from, to, stride, span, w)
      else butterflyOdd(plan, radix, xr, xi, yr, yi, from, to, stride, span, w)
    }
    const tr = xr
    const ti = xi
    xr = yr
    xi = yi
    yr = tr
    yi = ti
    length = m
    stride *= radix
  }
  return plan.factors.length % 2 === 1
}

function butterfly2(plan: StockhamPlan, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, from: number, to: number, stride: number, span: number, w: number): void {
  const wr = plan.cos[w]!
  const wi = plan.sin[w]!
  for (let q = 0; q < stride; q++) {
    const a = from + q
    const b = a + span
    const y = to + q
    const dr = xr[a]! - xr[b]!
    const di = xi[a]! - xi[b]!
    yr[y] = xr[a]! + xr[b]!
    yi[y] = xi[a]! + xi[b]!
    yr[y + stride] = dr * wr - di * wi
    yi[y + stride] = dr * wi + di * wr
  }
}

function butterfly3(plan: StockhamPlan, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, from: number, to: number, stride: number, span: number, w: number): void {
  const w1r = plan.cos[w]!
  const w1i = plan.sin[w]!
  const w2r = plan.cos[2 * w]!
  const w2i = plan.sin[2 * w]!
  for (let q = 0; q < stride; q++) {
    const a = from + q
    const b = a + span
    const c = b + span
    const y = to + q
    const sr = xr[b]! + xr[c]!
    const si = xi[b]! + xi[c]!
    const mr = xr[a]! - 0.5 * sr
    const mi = xi[a]! - 0.5 * si
    const tr = SIN_60 * (xi[b]! - xi[c]!)
    const ti = -SIN_60 * (xr[b]! - xr[c]!)
    yr[y] = xr[a]! + sr
    yi[y] = xi[a]! + si
    yr[y + stride] = (mr + tr) * w1r - (mi + ti) * w1i
    yi[y + stride] = (mr + tr) * w1i + (mi + ti) * w1r
    yr[y + 2 * stride] = (mr - tr) * w2r - (mi - ti) * w2i
    yi[y + 2 * stride] = (mr - tr) * w2i + (mi - ti) * w2r
  }
}

function butterfly4(plan: StockhamPlan, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, from: number, to: number, stride: number, span: number, w: number): void {
  const w1r = plan.cos[w]!
  const w1i = plan.sin[w]!
  const w2r = plan.cos[2 * w]!
  const w2i = plan.sin[2 * w]!
  const w3r = plan.cos[3 * w]!
  const w3i = plan.sin[3 * w]!
  for (let q = 0; q < stride; q++) {
    const a = from + q
    const b = a + span
    const c = b + span
    const d = c + span
    const y = to + q
    const pr = xr[a]! + xr[c]!
    const pi = xi[a]! + xi[c]!
    const mr = xr[a]! - xr[c]!
    const mi = xi[a]! - xi[c]!
    const sr = xr[b]! + xr[d]!
    const si = xi[b]! + xi[d]!
    const tr = xr[b]! - xr[d]!
    const ti = xi[b]! - xi[d]!
    yr[y] = pr + sr
    yi[y] = pi + si
    yr[y + stride] = (mr + ti) * w1r - (mi - tr) * w1i
    yi[y + stride] = (mr + ti) * w1i + (mi - tr) * w1r
    yr[y + 2 * stride] = (pr - sr) * w2r - (pi - si) * w2i
    yi[y + 2 * stride] = (pr - sr) * w2i + (pi - si) * w2r
    yr[y + 3 * stride] = (mr - ti) * w3r - (mi + tr) * w3i
    yi[y + 3 * stride] = (mr - ti) * w3i + (mi + tr) * w3r
  }
}

function butterfly5(plan: StockhamPlan, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, from: number, to: number, stride: number, span: number, w: number): void {
  const { cos, sin } = plan
  for (let q = 0; q < stride; q++) {
    const a = from + q
    const b = a + span
    const c = b + span
    const d = c + span
    const e = d + span
    const s1r = xr[b]! + xr[e]!
    const s1i = xi[b]! + xi[e]!
    const d1r = xr[b]! - xr[e]!
    const d1i = xi[b]! - xi[e]!
    const s2r = xr[c]! + xr[d]!
    const s2i = xi[c]! + xi[d]!
    const d2r = xr[c]! - xr[d]!
    const d2i = xi[c]! - xi[d]!
    const m1r = xr[a]! + COS_72 * s1r + COS_144 * s2r
    const m1i = xi[a]! + COS_72 * s1i + COS_144 * s2i
    const m2r = xr[a]! + COS_144 * s1r + COS_72 * s2r
    const m2i = xi[a]! + COS_144 * s1i + COS_72 * s2i
    const t1r = SIN_72 * d1i + SIN_144 * d2i
    const t1i = -SIN_72 * d1r - SIN_144 * d2r
    const t2r = SIN_144 * d1i - SIN_72 * d2i
    const t2i = -SIN_144 * d1r + SIN_72 * d2r
    const y = to + q
    yr[y] = xr[a]! + s1r + s2r
    yi[y] = xi[a]! + s1i + s2i
    put(yr, yi, y + stride, m1r + t1r, m1i + t1i, cos[w]!, sin[w]!)
    put(yr, yi, y + 2 * stride, m2r + t2r, m2i + t2i, cos[2 * w]!, sin[2 * w]!)
    put(yr, yi, y + 3 * stride, m2r - t2r, m2i - t2i, cos[3 * w]!, sin[3 * w]!)
    put(yr, yi, y + 4 * stride, m1r - t1r, m1i - t1i, cos[4 * w]!, sin[4 * w]!)
  }
}

// Any odd radix, by the sums and differences of x_k and x_{r-k}: outputs j and r - j share their products.
function butterflyOdd(plan: StockhamPlan, radix: number, xr: Float64Array, xi: Float64Array, yr: Float64Array, yi: Float64Array, from: number, to: number, stride: number, span: number, w: number): void {
  const { cos, sin } = plan
  const half = (radix - 1) / 2
  const root = plan.size / radix
  for (let q = 0; q < stride; q++) {
    const a = from + q
    const y = to + q
    let totalRe = xr[a]!
    let totalIm = xi[a]!
    for (let k = 1; k < radix; k++) {
      totalRe += xr[a + k * span]!
      totalIm += xi[a + k * span]!
    }
    yr[y] = totalRe
    yi[y] = totalIm
    for (let j = 1; j <= half; j++) {
      let mr = xr[a]!
      let mi = xi[a]!
      let tr = 0
      let ti = 0
      for (let k = 1; k <= half; k++) {
        const b = a + k * span
        const e = a + (radix - k) * span
        const index = ((j * k) % radix) * root
        const c = cos[index]!
        const s = sin[index]!
        mr += c * (xr[b]! + xr[e]!)
        mi += c * (xi[b]! + xi[e]!)
        tr -= s * (xi[b]! - xi[e]!)
        ti += s * (xr[b]! - xr[e]!)
      }
      const other = radix - j
      put(yr, yi, y + j * stride, mr + tr, mi + ti, cos[j * w]!, sin[j * w]!)
      put(yr, yi, y + other * stride, mr - tr, mi - ti, cos[other * w]!, sin[other * w]!)
    }
  }
}

function put(yr: Float64Array, yi: Float64Array, index: number, re: number, im: number, wr: number, wi: number): void {
  yr[index] = re * wr - im * wi
  yi[index] = re * wi + im * wr
}
