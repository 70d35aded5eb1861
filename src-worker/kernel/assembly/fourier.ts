// Fourier transforms of many lines of any length, float32, four lines per v128. In the work buffers an element is 32
// bytes: re of four lines, then im. Stockham autosort: radices 4, 2, 3, 5, then any odd prime by the sums and differences
// of x_k and x_{r-k}. The inverse (unscaled) is the same with re and im exchanged.
// scratch: (24 n + 64) floats; roots: exp(-2 pi i j / n) as re, im pairs.

@inline function root(roots: usize, index: i32): usize {
  return roots + ((<usize>index) << 3)
}

function radixOf(length: i32): i32 {
  if (length % 4 == 0) return 4
  if (length % 2 == 0) return 2
  for (let p = 3; p * p <= length; p += 2) if (length % p == 0) return p
  return length
}

@inline function store2(d: usize, re: v128, im: v128): void {
  v128.store(d, re)
  v128.store(d, im, 16)
}

@inline function turned(d: usize, re: v128, im: v128, wr: v128, wi: v128): void {
  v128.store(d, f32x4.sub(f32x4.mul(re, wr), f32x4.mul(im, wi)))
  v128.store(d, f32x4.add(f32x4.mul(re, wi), f32x4.mul(im, wr)), 16)
}

function radix2(a: usize, b: usize, count: i32, span: usize, step: usize, w: usize): void {
  const wr = v128.load_splat<f32>(w), wi = v128.load_splat<f32>(w, 4)
  for (let q = 0; q < count; q++) {
    const ar = v128.load(a), ai = v128.load(a, 16), br = v128.load(a + span), bi = v128.load(a + span, 16)
    store2(b, f32x4.add(ar, br), f32x4.add(ai, bi))
    turned(b + step, f32x4.sub(ar, br), f32x4.sub(ai, bi), wr, wi)
    a += 32
    b += 32
  }
}

function radix3(a: usize, b: usize, count: i32, span: usize, step: usize, roots: usize, w: i32): void {
  const w1 = root(roots, w), w2 = root(roots, 2 * w)
  const w1r = v128.load_splat<f32>(w1), w1i = v128.load_splat<f32>(w1, 4), w2r = v128.load_splat<f32>(w2), w2i = v128.load_splat<f32>(w2, 4)
  const half = f32x4.splat(0.5), sine = f32x4.splat(0.8660254037844386)
  for (let q = 0; q < count; q++) {
    const ar = v128.load(a), ai = v128.load(a, 16), br = v128.load(a + span), bi = v128.load(a + span, 16)
    const cr = v128.load(a + 2 * span), ci = v128.load(a + 2 * span, 16)
    const sr = f32x4.add(br, cr), si = f32x4.add(bi, ci)
    const tr = f32x4.mul(sine, f32x4.sub(bi, ci)), ti = f32x4.mul(sine, f32x4.sub(cr, br))
    const mr = f32x4.sub(ar, f32x4.mul(half, sr)), mi = f32x4.sub(ai, f32x4.mul(half, si))
    store2(b, f32x4.add(ar, sr), f32x4.add(ai, si))
    turned(b + step, f32x4.add(mr, tr), f32x4.add(mi, ti), w1r, w1i)
    turned(b + 2 * step, f32x4.sub(mr, tr), f32x4.sub(mi, ti), w2r, w2i)
    a += 32
    b += 32
  }
}

function radix4(a: usize, b: usize, count: i32, span: usize, step: usize, roots: usize, w: i32): void {
  const w1 = root(roots, w), w2 = root(roots, 2 * w), w3 = root(roots, 3 * w)
  const w1r = v128.load_splat<f32>(w1), w1i = v128.load_splat<f32>(w1, 4), w2r = v128.load_splat<f32>(w2), w2i = v128.load_splat<f32>(w2, 4)
  const w3r = v128.load_splat<f32>(w3), w3i = v128.load_splat<f32>(w3, 4)
  for (let q = 0; q < count; q++) {
    const ar = v128.load(a), ai = v128.load(a, 16), br = v128.load(a + span), bi = v128.load(a + span, 16)
    const cr = v128.load(a + 2 * span), ci = v128.load(a + 2 * span, 16), dr = v128.load(a + 3 * span), di = v128.load(a + 3 * span, 16)
    const pr = f32x4.add(ar, cr), pi = f32x4.add(ai, ci), mr = f32x4.sub(ar, cr), mi = f32x4.sub(ai, ci)
    const sr = f32x4.add(br, dr), si = f32x4.add(bi, di), tr = f32x4.sub(br, dr), ti = f32x4.sub(bi, di)
    store2(b, f32x4.add(pr, sr), f32x4.add(pi, si))
    turned(b + step, f32x4.add(mr, ti), f32x4.sub(mi, tr), w1r, w1i)
    turned(b + 2 * step, f32x4.sub(pr, sr), f32x4.sub(pi, si), w2r, w2i)
    turned(b + 3 * step, f32x4.sub(mr, ti), f32x4.add(mi, tr), w3r, w3i)
    a += 32
    b += 32
  }
}

// sums: (x_k + x_{r-k}) re, im, then (x_k - x_{r-k}) re, im for k = 1 .. (r - 1) / 2, 64 bytes each
function radixOdd(radix: i32, a: usize, b: usize, count: i32, span: usize, step: usize, roots: usize, w: i32, n: i32, sums: usize): void {
  const half = (radix - 1) / 2, unit = n / radix
  for (let q = 0; q < count; q++) {
    const ar = v128.load(a), ai = v128.load(a, 16)
    let totalRe = ar, totalIm = ai
    let s = sums
    for (let k = 1; k <= half; k++) {
      const u = a + (<usize>k) * span, v = a + (<usize>(radix - k)) * span
      const ur = v128.load(u), ui = v128.load(u, 16), vr = v128.load(v), vi = v128.load(v, 16)
      const pr = f32x4.add(ur, vr), pi = f32x4.add(ui, vi)
      totalRe = f32x4.add(totalRe, pr)
      totalIm = f32x4.add(totalIm, pi)
      v128.store(s, pr)
      v128.store(s, pi, 16)
      v128.store(s, f32x4.sub(ur, vr), 32)
      v128.store(s, f32x4.sub(ui, vi), 48)
      s += 64
    }
    store2(b, totalRe, totalIm)
    for (let j = 1; j <= half; j++) {
      let mr = ar, mi = ai, tr = f32x4.splat(0), ti = tr
      s = sums
      let index = 0
      for (let k = 1; k <= half; k++) {
        index += j
        if (index >= radix) index -= radix
        const e = root(roots, index * unit)
        const c = v128.load_splat<f32>(e), d = v128.load_splat<f32>(e, 4)
        mr = f32x4.add(mr, f32x4.mul(c, v128.load(s)))
        mi = f32x4.add(mi, f32x4.mul(c, v128.load(s, 16)))
        tr = f32x4.sub(tr, f32x4.mul(d, v128.load(s, 48)))
        ti = f32x4.add(ti, f32x4.mul(d, v128.load(s, 32)))
        s += 64
      }
      const w1 = root(roots, j * w), w2 = root(roots, (radix - j) * w)
      turned(b + (<usize>j) * step, f32x4.add(mr, tr), f32x4.add(mi, ti), v128.load_splat<f32>(w1), v128.load_splat<f32>(w1, 4))
      turned(b + (<usize>(radix - j)) * step, f32x4.sub(mr, tr), f32x4.sub(mi, ti), v128.load_splat<f32>(w2), v128.load_splat<f32>(w2, 4))
    }
    a += 32
    b += 32
  }
}

// Transforms the group of four lines in x0 (y0 is the other buffer); returns where the result is.
export function transformGroup(x0: usize, y0: usize, n: i32, roots: usize, sums: usize): usize {
  let x = x0, y = y0, length = n, stride = 1
  while (length > 1) {
    const radix = radixOf(length)
    const m = length / radix, wStep = n / length
    const span = (<usize>(m * stride)) << 5, step = (<usize>stride) << 5
    for (let p = 0; p < m; p++) {
      const a = x + ((<usize>(stride * p)) << 5), b = y + ((<usize>(stride * radix * p)) << 5), w = p * wStep
      if (radix == 4) radix4(a, b, stride, span, step, roots, w)
      else if (radix == 2) radix2(a, b, stride, span, step, root(roots, w))
      else if (radix == 3) radix3(a, b, stride, span, step, roots, w)
      else radixOdd(radix, a, b, stride, span, step, roots, w, n, sums)
    }
    const t = x
    x = y
    y = t
    length = m
    stride *= radix
  }
  return x
}

@inline function transpose4(a: v128, b: v128, c: v128, d: v128, target: usize, step: usize): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(target, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5))
  v128.store(target + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7))
  v128.store(target + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5))
  v128.store(target + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7))
}

function gatherRows(r0: usize, r1: usize, r2: usize, r3: usize, n: i32, target: usize): void {
  let i = 0, f: usize = 0, o = target
  for (; i + 4 <= n; i += 4) {
    transpose4(v128.load(r0 + f), v128.load(r1 + f), v128.load(r2 + f), v128.load(r3 + f), o, 32)
    f += 16
    o += 128
  }
  for (; i < n; i++) {
    store<f32>(o, load<f32>(r0 + f))
    store<f32>(o, load<f32>(r1 + f), 4)
    store<f32>(o, load<f32>(r2 + f), 8)
    store<f32>(o, load<f32>(r3 + f), 12)
    f += 4
    o += 32
  }
}

function scatterRows(source: usize, r0: usize, r1: usize, r2: usize, r3: usize, n: i32): void {
  let i = 0, f: usize = 0, o = source
  for (; i + 4 <= n; i += 4) {
    const a = v128.load(o), b = v128.load(o, 32), c = v128.load(o, 64), d = v128.load(o, 96)
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    v128.store(r0 + f, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5))
    v128.store(r1 + f, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7))
    v128.store(r2 + f, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5))
    v128.store(r3 + f, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7))
    f += 16
    o += 128
  }
  for (; i < n; i++) {
    store<f32>(r0 + f, load<f32>(o))
    store<f32>(r1 + f, load<f32>(o, 4))
    store<f32>(r2 + f, load<f32>(o, 8))
    store<f32>(r3 + f, load<f32>(o, 12))
    f += 4
    o += 32
  }
}

// `rows` contiguous lines of n. The last group repeats the last row: all four are read before any is written.
export function transformRows(re: usize, im: usize, n: i32, rows: i32, roots: usize, scratch: usize): void {
  const bytes = (<usize>n) << 2
  const other = scratch + ((<usize>n) << 5), sums = other + ((<usize>n) << 5)
  for (let r = 0; r < rows; r += 4) {
    const o0 = (<usize>r) * bytes, o1 = (<usize>min(r + 1, rows - 1)) * bytes, o2 = (<usize>min(r + 2, rows - 1)) * bytes, o3 = (<usize>min(r + 3, rows - 1)) * bytes
    gatherRows(re + o0, re + o1, re + o2, re + o3, n, scratch)
    gatherRows(im + o0, im + o1, im + o2, im + o3, n, scratch + 16)
    const x = transformGroup(scratch, other, n, roots, sums)
    scatterRows(x, re + o0, re + o1, re + o2, re + o3, n)
    scatterRows(x + 16, im + o0, im + o1, im + o2, im + o3, n)
  }
}

// `count` lines that start on successive floats, their n elements `stride` floats apart (count <= stride).
export function transformColumns(re: usize, im: usize, n: i32, stride: i32, count: i32, roots: usize, scratch: usize): void {
  const step = (<usize>stride) << 2
  const other = scratch + ((<usize>n) << 5), sums = other + ((<usize>n) << 5)
  let c = 0
  for (; c + 4 <= count; c += 4) {
    let p = (<usize>c) << 2, o = scratch
    for (let i = 0; i < n; i++) {
      store2(o, v128.load(re + p), v128.load(im + p))
      p += step
      o += 32
    }
    o = transformGroup(scratch, other, n, roots, sums)
    p = (<usize>c) << 2
    for (let i = 0; i < n; i++) {
      v128.store(re + p, v128.load(o))
      v128.store(im + p, v128.load(o, 16))
      p += step
      o += 32
    }
  }
  const rest = count - c
  if (rest == 0) return
  let p = (<usize>c) << 2, o = scratch
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < rest; j++) {
      const f = (<usize>j) << 2
      store<f32>(o + f, load<f32>(re + p + f))
      store<f32>(o + f, load<f32>(im + p + f), 16)
    }
    p += step
    o += 32
  }
  o = transformGroup(scratch, other, n, roots, sums)
  p = (<usize>c) << 2
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < rest; j++) {
      const f = (<usize>j) << 2
      store<f32>(re + p + f, load<f32>(o + f))
      store<f32>(im + p + f, load<f32>(o + f, 16))
    }
    p += step
    o += 32
  }
}

export function scaleInPlace(data: usize, count: i32, factor: f32): void {
  const f = f32x4.splat(factor)
  let p = data, i = 0
  for (; i + 4 <= count; i += 4) {
    v128.store(p, f32x4.mul(v128.load(p), f))
    p += 16
  }
  for (; i < count; i++) {
    store<f32>(p, load<f32>(p) * factor)
    p += 4
  }
}
