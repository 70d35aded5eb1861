// Posterior of one image over viewing directions and in-plane angles. Directions come in cells of four (one v128); a
// cell also holds the four opposite directions, whose components are (-1)^m conj of these. Cell layout: per m and p one
// v128 (m = 0) or two (re, im). Image layout: m = 0 real; others all real parts, then all imaginary parts. Scores are
// n x [4 floats of w | 4 floats of -w] per listed cell; element g belongs to the in-plane angle gamma = -2 pi g / n.
import { transformGroup } from './fourier'

@inline function lane(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2)
}

@inline function largest(v: v128): f32 {
  return max(max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)))
}

@inline function total(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1) + <f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3)
}

// exp(x) for x <= 88: Cephes' single-precision polynomial after reduction by multiples of ln 2; relative error 2e-7
@inline function exponential(value: v128): v128 {
  const x = f32x4.max(value, f32x4.splat(-87))
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)))
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(k, f32x4.splat(0.693359375))), f32x4.mul(k, f32x4.splat(-2.12194440e-4)))
  let p = f32x4.splat(1.9875691500e-4)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1))
  const y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1))
  return f32x4.mul(y, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23))
}

// Scores of one image for the listed cells: sum over m of exp(i m gamma) z_m . conj s_m (and its conjugate) + bias.
// counts: `orders` int32; bias: 8 floats per cell; maxima: one float per listed cell; work: 2 n x 32 bytes + sums.
export function scoreCells(
  z: usize, counts: usize, orders: i32, slices: usize, cellBytes: i32, bias: usize, cells: usize, cellCount: i32,
  n: i32, roots: usize, work: usize, scores: usize, maxima: usize,
): void {
  const span = (<usize>n) << 5
  const other = work + span, sums = other + span
  for (let k = 0; k < cellCount; k++) {
    const cell = load<i32>(lane(cells, k))
    let s = slices + <usize>cell * <usize>cellBytes
    let y = z
    let acc = f32x4.splat(0)
    const first = load<i32>(counts)
    for (let p = 0; p < first; p++) {
      acc = f32x4.add(acc, f32x4.mul(v128.load_splat<f32>(y), v128.load(s)))
      y += 4
      s += 16
    }
    v128.store(work, acc)
    v128.store(work, acc, 16)
    if (n > 2 * orders - 1) memory.fill(work + ((<usize>orders) << 5), 0, (<usize>(n - 2 * orders + 1)) << 5)
    for (let m = 1; m < orders; m++) {
      const count = load<i32>(lane(counts, m))
      const half = (<usize>count) << 2
      let rr = f32x4.splat(0), ii = rr, ir = rr, ri = rr
      for (let p = 0; p < count; p++) {
        const zr = v128.load_splat<f32>(y), zi = v128.load_splat<f32>(y + half)
        const sr = v128.load(s), si = v128.load(s, 16)
        rr = f32x4.add(rr, f32x4.mul(zr, sr))
        ii = f32x4.add(ii, f32x4.mul(zi, si))
        ir = f32x4.add(ir, f32x4.mul(zi, sr))
        ri = f32x4.add(ri, f32x4.mul(zr, si))
        y += 4
        s += 32
      }
      y += half
      const ar = f32x4.add(rr, ii), ai = f32x4.sub(ir, ri)
      let br = f32x4.sub(rr, ii), bi = f32x4.add(ir, ri)
      if (m & 1) {
        br = f32x4.neg(br)
        bi = f32x4.neg(bi)
      }
      // two real functions in one transform: F_m = A + i B, F_-m = conj A + i conj B
      const d = work + ((<usize>m) << 5), e = work + ((<usize>(n - m)) << 5)
      v128.store(d, f32x4.sub(ar, bi))
      v128.store(d, f32x4.add(ai, br), 16)
      v128.store(e, f32x4.add(ar, bi))
      v128.store(e, f32x4.sub(br, ai), 16)
    }
    let x = transformGroup(work, other, n, roots, sums)
    const b0 = v128.load(bias + ((<usize>cell) << 5)), b1 = v128.load(bias + ((<usize>cell) << 5), 16)
    let o = scores + <usize>k * span
    let top = f32x4.splat(-3e38)
    for (let g = 0; g < n; g++) {
      const u = f32x4.add(v128.load(x), b0), v = f32x4.add(v128.load(x, 16), b1)
      v128.store(o, u)
      v128.store(o, v, 16)
      top = f32x4.max(top, f32x4.max(u, v))
      x += 32
      o += 32
    }
    store<f32>(lane(maxima, k), largest(top))
  }
}

// Scores -> exp(score - reference) in place, for cells whose maximum is above reference - depth; sums: 8 floats per
// listed cell. result: f64 sum of the weights, f64 sum of weight x (score - reference).
export function weighCells(scores: usize, maxima: usize, cellCount: i32, n: i32, reference: f32, depth: f32, sums: usize, result: usize): void {
  const span = (<usize>n) << 5
  const ref = f32x4.splat(reference)
  let all: f64 = 0, spread: f64 = 0
  for (let k = 0; k < cellCount; k++) {
    const to = sums + ((<usize>k) << 5)
    let a = f32x4.splat(0), b = a, h = a
    if (load<f32>(lane(maxima, k)) > reference - depth) {
      let o = scores + <usize>k * span
      for (let g = 0; g < n; g++) {
        const u = f32x4.sub(v128.load(o), ref), v = f32x4.sub(v128.load(o, 16), ref)
        const p = exponential(u), q = exponential(v)
        v128.store(o, p)
        v128.store(o, q, 16)
        a = f32x4.add(a, p)
        b = f32x4.add(b, q)
        h = f32x4.add(h, f32x4.add(f32x4.mul(p, u), f32x4.mul(q, v)))
        o += 32
      }
      all += total(a) + total(b)
      spread += total(h)
    }
    v128.store(to, a)
    v128.store(to, b, 16)
  }
  store<f64>(result, all)
  store<f64>(result, spread, 8)
}

// Where the largest of count floats is.
export function indexOfLargest(data: usize, count: i32): i32 {
  let best: f32 = -3e38
  let index = 0
  for (let i = 0; i < count; i++) {
    const value = load<f32>(lane(data, i))
    if (value > best) {
      best = value
      index = i
    }
  }
  return index
}

// Adds scale x weight e^{i m gamma} z_m of the listed cells whose share (sum x scale) is at least `least` to the
// numerators (cell layout), and the weights to `weights` (8 floats per cell). The scores are used up.
export function gatherCells(
  z: usize, counts: usize, orders: i32, cellBytes: i32, cells: usize, cellCount: i32, sums: usize, scale: f32, least: f32,
  n: i32, roots: usize, work: usize, scores: usize, numerators: usize, weights: usize,
): void {
  const span = (<usize>n) << 5
  const factor = f32x4.splat(scale), half = f32x4.splat(0.5 * scale)
  for (let k = 0; k < cellCount; k++) {
    const from = sums + ((<usize>k) << 5)
    const sa = v128.load(from), sb = v128.load(from, 16)
    if (<f32>(total(sa) + total(sb)) * scale < least) continue
    const cell = load<i32>(lane(cells, k))
    const w = weights + ((<usize>cell) << 5)
    v128.store(w, f32x4.add(v128.load(w), f32x4.mul(factor, sa)))
    v128.store(w, f32x4.add(v128.load(w, 16), f32x4.mul(factor, sb)), 16)
    const x = transformGroup(scores + <usize>k * span, work, n, roots, work + span)
    let o = numerators + <usize>cell * <usize>cellBytes
    let y = z
    const both = f32x4.mul(factor, f32x4.add(v128.load(x), v128.load(x, 16)))
    const first = load<i32>(counts)
    for (let p = 0; p < first; p++) {
      v128.store(o, f32x4.add(v128.load(o), f32x4.mul(both, v128.load_splat<f32>(y))))
      y += 4
      o += 16
    }
    for (let m = 1; m < orders; m++) {
      const d = x + ((<usize>m) << 5), e = x + ((<usize>(n - m)) << 5)
      const xr = v128.load(d), xi = v128.load(d, 16), yr = v128.load(e), yi = v128.load(e, 16)
      const pr = f32x4.mul(half, f32x4.add(xr, yr)), pi = f32x4.mul(half, f32x4.sub(xi, yi))
      let qr = f32x4.mul(half, f32x4.add(xi, yi)), qi = f32x4.mul(half, f32x4.sub(yr, xr))
      if (m & 1) {
        qr = f32x4.neg(qr)
        qi = f32x4.neg(qi)
      }
      // p z + (-1)^m conj(q z)
      const a = f32x4.add(pr, qr), b = f32x4.add(pi, qi), c = f32x4.sub(pr, qr), f = f32x4.sub(pi, qi)
      const count = load<i32>(lane(counts, m))
      const step = (<usize>count) << 2
      for (let p = 0; p < count; p++) {
        const zr = v128.load_splat<f32>(y), zi = v128.load_splat<f32>(y + step)
        v128.store(o, f32x4.add(v128.load(o), f32x4.sub(f32x4.mul(a, zr), f32x4.mul(b, zi))))
        v128.store(o, f32x4.add(v128.load(o, 16), f32x4.add(f32x4.mul(c, zi), f32x4.mul(f, zr))), 16)
        y += 4
        o += 32
      }
      y += step
    }
  }
}
