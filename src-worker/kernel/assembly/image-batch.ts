// What happens to every pixel of an image on its way to the moments, float32 in, vectorised along rows.

/** Whether all `count` values are finite (x - x is 0 only then). */
export function allFinite(data: usize, count: i32): bool {
  let good = i32x4.splat(-1)
  const zero = f32x4.splat(0)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const x = v128.load(data + ((<usize>i) << 2))
    good = v128.and(good, f32x4.eq(f32x4.sub(x, x), zero))
  }
  if (!i32x4.all_true(good)) return false
  for (; i < count; i++) {
    const x = load<f32>(data + ((<usize>i) << 2))
    if (x - x != 0) return false
  }
  return true
}

// sum[i] += x[i], power[i] += x[i]^2 in float64, over `images` rows of `count` values; four rows at a time, since the
// sums of a whole image do not fit the nearest cache.
export function addPixels(data: usize, count: i32, images: i32, sum: usize, power: usize): void {
  const row = (<usize>count) << 2
  for (let k = 0; k < images; k += 4) {
    const rows = min(4, images - k)
    const first = data + row * (<usize>k)
    let i = 0
    for (; i + 4 <= count; i += 4) {
      const s = sum + ((<usize>i) << 3), p = power + ((<usize>i) << 3)
      let s0 = v128.load(s), s1 = v128.load(s, 16), p0 = v128.load(p), p1 = v128.load(p, 16)
      let from = first + ((<usize>i) << 2)
      for (let r = 0; r < rows; r++) {
        const x = v128.load(from)
        const low = f64x2.promote_low_f32x4(x), high = f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3))
        s0 = f64x2.add(s0, low)
        s1 = f64x2.add(s1, high)
        p0 = f64x2.add(p0, f64x2.mul(low, low))
        p1 = f64x2.add(p1, f64x2.mul(high, high))
        from += row
      }
      v128.store(s, s0)
      v128.store(s, s1, 16)
      v128.store(p, p0)
      v128.store(p, p1, 16)
    }
    for (; i < count; i++) {
      const s = sum + ((<usize>i) << 3), p = power + ((<usize>i) << 3)
      for (let r = 0; r < rows; r++) {
        const x = <f64>load<f32>(first + row * (<usize>r) + ((<usize>i) << 2))
        store<f64>(s, load<f64>(s) + x)
        store<f64>(p, load<f64>(p) + x * x)
      }
    }
  }
}

@inline function reversed(from: usize): v128 {
  const x = v128.load(from)
  return v128.shuffle<i32>(x, x, 3, 2, 1, 0)
}

@inline function storeFolds(a: v128, b: v128, c: v128, d: v128, evenEven: usize, oddOdd: usize, oddEven: usize, evenOdd: usize): void {
  const near = f32x4.add(a, b), far = f32x4.add(c, d), nearOdd = f32x4.sub(a, b), farOdd = f32x4.sub(c, d)
  v128.store(evenEven, f32x4.add(near, far))
  v128.store(oddOdd, f32x4.sub(nearOdd, farOdd))
  v128.store(oddEven, f32x4.add(nearOdd, farOdd))
  v128.store(evenOdd, f32x4.sub(near, far))
}

// Sums of the pixels (x, y), (-x, y), (x, -y), (-x, -y) of a disc with the signs of each parity in x and y, for x, y >= 0:
// row y has widths[y] (int32) values from x = 0; a mirror that is the pixel itself is left out.
export function foldDisc(
  image: usize, n: i32, centre: i32, widths: usize, rows: i32,
  evenEven: usize, oddOdd: usize, oddEven: usize, evenOdd: usize,
): void {
  const zero = f32x4.splat(0)
  let at: usize = 0
  for (let y = 0; y < rows; y++) {
    const width = load<i32>(widths + ((<usize>y) << 2))
    const up = image + ((<usize>((centre + y) * n + centre)) << 2)
    const down = image + ((<usize>((centre - y) * n + centre)) << 2)
    const mirrored = y > 0
    let x = 0
    while (x < width) {
      const here = (<usize>x) << 2
      if (x > 0 && x + 4 <= width) {
        const a = v128.load(up + here), b = reversed(up - here - 12)
        const c = mirrored ? v128.load(down + here) : zero, d = mirrored ? reversed(down - here - 12) : zero
        storeFolds(a, b, c, d, evenEven + at, oddOdd + at, oddEven + at, evenOdd + at)
        at += 16
        x += 4
      } else {
        const a = load<f32>(up + here), b: f32 = x > 0 ? load<f32>(up - here) : 0
        const c: f32 = mirrored ? load<f32>(down + here) : 0, d: f32 = mirrored && x > 0 ? load<f32>(down - here) : 0
        store<f32>(evenEven + at, a + b + (c + d))
        store<f32>(oddOdd + at, a - b - (c - d))
        store<f32>(oddEven + at, a - b + (c - d))
        store<f32>(evenOdd + at, a + b - (c + d))
        at += 4
        x++
      }
    }
  }
}
