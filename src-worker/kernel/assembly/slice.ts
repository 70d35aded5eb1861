// Central slices of a padded volume's transform by Kaiser-Bessel gridding with 4 x 4 x 4 taps, float32, and the packing of
// two real images' half-planes into one complex plane.

@inline function dot4(a: v128, b: v128): f32 {
  const p = f32x4.mul(a, b)
  return f32x4.extract_lane(p, 0) + f32x4.extract_lane(p, 1) + (f32x4.extract_lane(p, 2) + f32x4.extract_lane(p, 3))
}

// Window weights of the four taps at floor - 1 .. floor + 2: a table of `steps` + 1 vectors, interpolated.
@inline function taps(table: usize, steps: f32, fraction: f32): v128 {
  const t = fraction * steps
  const i = <i32>t
  const e = table + ((<usize>i) << 4)
  const a = v128.load(e)
  return f32x4.add(a, f32x4.mul(f32x4.splat(t - <f32>i), f32x4.sub(v128.load(e, 16), a)))
}

// The volume holds kx >= 0 (with one plane of kx = -1): index ((kz + centre) * ny + ky + centre) * nx + kx + 1.
// points: `count` pairs (u, v); place = u * (xu, yu, zu) + v * (xv, yv, zv) in grid units.
export function sliceVolume(
  volumeRe: usize, volumeIm: usize, nx: i32, ny: i32, centre: i32,
  points: usize, count: i32,
  xu: f32, yu: f32, zu: f32, xv: f32, yv: f32, zv: f32,
  table: usize, steps: i32, outRe: usize, outIm: usize,
): void {
  const stepsF = <f32>steps
  const rowBytes = (<usize>nx) << 2, planeBytes = (<usize>(nx * ny)) << 2
  for (let i = 0; i < count; i++) {
    const u = load<f32>(points + ((<usize>i) << 3)), v = load<f32>(points + ((<usize>i) << 3), 4)
    let x = u * xu + v * xv, y = u * yu + v * yv, z = u * zu + v * zv
    const mirrored = x < 0
    if (mirrored) {
      x = -x
      y = -y
      z = -z
    }
    const fx = floor(x), fy = floor(y), fz = floor(z)
    const wx = taps(table, stepsF, x - fx), wy = taps(table, stepsF, y - fy), wz = taps(table, stepsF, z - fz)
    const start = (<usize>((((<i32>fz) - 1 + centre) * ny + (<i32>fy) - 1 + centre) * nx + <i32>fx)) << 2
    let re = f32x4.splat(0), im = re
    let p = volumeRe + start, q = volumeIm + start
    const y0 = f32x4.splat(f32x4.extract_lane(wy, 0)), y1 = f32x4.splat(f32x4.extract_lane(wy, 1)), y2 = f32x4.splat(f32x4.extract_lane(wy, 2)), y3 = f32x4.splat(f32x4.extract_lane(wy, 3))
    for (let c = 0; c < 4; c++) {
      let a = f32x4.mul(y0, v128.load(p)), b = f32x4.mul(y0, v128.load(q))
      a = f32x4.add(a, f32x4.mul(y1, v128.load(p + rowBytes)))
      b = f32x4.add(b, f32x4.mul(y1, v128.load(q + rowBytes)))
      a = f32x4.add(a, f32x4.mul(y2, v128.load(p + 2 * rowBytes)))
      b = f32x4.add(b, f32x4.mul(y2, v128.load(q + 2 * rowBytes)))
      a = f32x4.add(a, f32x4.mul(y3, v128.load(p + 3 * rowBytes)))
      b = f32x4.add(b, f32x4.mul(y3, v128.load(q + 3 * rowBytes)))
      let weight: f32 = 0
      if (c == 0) weight = f32x4.extract_lane(wz, 0)
      else if (c == 1) weight = f32x4.extract_lane(wz, 1)
      else if (c == 2) weight = f32x4.extract_lane(wz, 2)
      else weight = f32x4.extract_lane(wz, 3)
      const w = f32x4.splat(weight)
      re = f32x4.add(re, f32x4.mul(w, a))
      im = f32x4.add(im, f32x4.mul(w, b))
      p += planeBytes
      q += planeBytes
    }
    const d = (<usize>i) << 2
    const imaginary = dot4(im, wx)
    store<f32>(outRe + d, dot4(re, wx))
    store<f32>(outIm + d, mirrored ? -imaginary : imaginary)
  }
}

// plane = A + i B from the half-planes of two real images, each sample also at its mirror; factors (re, im pairs) move the
// origin and carry the scale. plane must be zero elsewhere.
export function packPair(aRe: usize, aIm: usize, bRe: usize, bIm: usize, factors: usize, places: usize, mirrors: usize, count: i32, planeRe: usize, planeIm: usize): void {
  for (let i = 0; i < count; i++) {
    const d = (<usize>i) << 2
    const fr = load<f32>(factors + 2 * d), fi = load<f32>(factors + 2 * d, 4)
    let r = load<f32>(aRe + d), s = load<f32>(aIm + d)
    const ar = r * fr - s * fi, ai = r * fi + s * fr
    r = load<f32>(bRe + d)
    s = load<f32>(bIm + d)
    const br = r * fr - s * fi, bi = r * fi + s * fr
    const p = (<usize>load<i32>(places + d)) << 2, m = (<usize>load<i32>(mirrors + d)) << 2
    store<f32>(planeRe + m, ar + bi)
    store<f32>(planeIm + m, br - ai)
    store<f32>(planeRe + p, ar - bi)
    store<f32>(planeIm + p, ai + br)
  }
}
