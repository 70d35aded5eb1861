// Element-wise work of the moment objective, vectorised over directions (or images): rows hold q real parts, then q
// imaginary parts; q is a multiple of 4, row length 2 q.

@inline function row(base: usize, index: i32, q: i32): usize {
  return base + ((<usize>(index * 2 * q)) << 2)
}

// out[p * countJ + r] = a[p] * b[r] (complex), for all p < countI, r < countJ
export function outerProducts(a: usize, countI: i32, b: usize, countJ: i32, q: i32, out: usize): void {
  const half = (<usize>q) << 2
  for (let p = 0; p < countI; p++) {
    for (let r = 0; r < countJ; r++) {
      let x = row(a, p, q), y = row(b, r, q), o = row(out, p * countJ + r, q)
      for (let j = 0; j < q; j += 4) {
        const xr = v128.load(x), xi = v128.load(x + half), yr = v128.load(y), yi = v128.load(y + half)
        v128.store(o, f32x4.sub(f32x4.mul(xr, yr), f32x4.mul(xi, yi)))
        v128.store(o + half, f32x4.add(f32x4.mul(xr, yi), f32x4.mul(xi, yr)))
        x += 16; y += 16; o += 16
      }
    }
  }
}

// Adjoint of outerProducts: ga[p] += sum_r conj(b[r]) g[p,r], gb[r] += sum_p conj(a[p]) g[p,r] (as real pairs)
export function outerAdjoint(g: usize, a: usize, ga: usize, countI: i32, b: usize, gb: usize, countJ: i32, q: i32): void {
  const half = (<usize>q) << 2
  for (let p = 0; p < countI; p++) {
    for (let r = 0; r < countJ; r++) {
      let x = row(a, p, q), gx = row(ga, p, q), y = row(b, r, q), gy = row(gb, r, q), o = row(g, p * countJ + r, q)
      for (let j = 0; j < q; j += 4) {
        const xr = v128.load(x), xi = v128.load(x + half), yr = v128.load(y), yi = v128.load(y + half)
        const or = v128.load(o), oi = v128.load(o + half)
        v128.store(gx, f32x4.add(v128.load(gx), f32x4.add(f32x4.mul(or, yr), f32x4.mul(oi, yi))))
        v128.store(gx + half, f32x4.add(v128.load(gx + half), f32x4.sub(f32x4.mul(oi, yr), f32x4.mul(or, yi))))
        v128.store(gy, f32x4.add(v128.load(gy), f32x4.add(f32x4.mul(or, xr), f32x4.mul(oi, xi))))
        v128.store(gy + half, f32x4.add(v128.load(gy + half), f32x4.sub(f32x4.mul(oi, xr), f32x4.mul(or, xi))))
        x += 16; gx += 16; y += 16; gy += 16; o += 16
      }
    }
  }
}

// out[r] = [s z_re | s z_im], out[count + r] = [-t z_im | t z_re]: the factor whose inner products are weighted moments
export function weightedPair(z: usize, count: i32, s: usize, t: usize, q: i32, out: usize): void {
  const half = (<usize>q) << 2
  for (let r = 0; r < count; r++) {
    const x = row(z, r, q), o = row(out, r, q), u = row(out, count + r, q)
    for (let j: usize = 0; j < half; j += 16) {
      const zr = v128.load(x + j), zi = v128.load(x + half + j), sj = v128.load(s + j), tj = v128.load(t + j)
      v128.store(o + j, f32x4.mul(sj, zr))
      v128.store(o + half + j, f32x4.mul(sj, zi))
      v128.store(u + j, f32x4.neg(f32x4.mul(tj, zi)))
      v128.store(u + half + j, f32x4.mul(tj, zr))
    }
  }
}

// Adjoint of weightedPair: gz, gs, gt accumulate
export function weightedPairAdjoint(g: usize, z: usize, gz: usize, count: i32, s: usize, gs: usize, t: usize, gt: usize, q: i32): void {
  const half = (<usize>q) << 2
  for (let r = 0; r < count; r++) {
    const x = row(z, r, q), gx = row(gz, r, q), o = row(g, r, q), u = row(g, count + r, q)
    for (let j: usize = 0; j < half; j += 16) {
      const zr = v128.load(x + j), zi = v128.load(x + half + j), sj = v128.load(s + j), tj = v128.load(t + j)
      const or = v128.load(o + j), oi = v128.load(o + half + j), ur = v128.load(u + j), ui = v128.load(u + half + j)
      v128.store(gx + j, f32x4.add(v128.load(gx + j), f32x4.add(f32x4.mul(sj, or), f32x4.mul(tj, ui))))
      v128.store(gx + half + j, f32x4.add(v128.load(gx + half + j), f32x4.sub(f32x4.mul(sj, oi), f32x4.mul(tj, ur))))
      v128.store(gs + j, f32x4.add(v128.load(gs + j), f32x4.add(f32x4.mul(zr, or), f32x4.mul(zi, oi))))
      v128.store(gt + j, f32x4.add(v128.load(gt + j), f32x4.sub(f32x4.mul(zr, ui), f32x4.mul(zi, ur))))
    }
  }
}

@inline function sum4(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
}

// out[(p * countJ + r) * 2 countK + t] = sum over rows of a[p] b[r] conj c[t], real parts, then imaginary parts from countK:
// the product a[p] b[r] is formed once (scratch: 2 q floats) and met by four c at a time, without packing.
export function bispectrum(a: usize, countI: i32, b: usize, countJ: i32, c: usize, countK: i32, q: i32, scratch: usize, out: usize): void {
  const half = (<usize>q) << 2
  const step = half << 1
  for (let p = 0; p < countI; p++) {
    for (let r = 0; r < countJ; r++) {
      const x = row(a, p, q), y = row(b, r, q)
      for (let j: usize = 0; j < half; j += 16) {
        const xr = v128.load(x + j), xi = v128.load(x + half + j), yr = v128.load(y + j), yi = v128.load(y + half + j)
        v128.store(scratch + j, f32x4.sub(f32x4.mul(xr, yr), f32x4.mul(xi, yi)))
        v128.store(scratch + half + j, f32x4.add(f32x4.mul(xr, yi), f32x4.mul(xi, yr)))
      }
      let to = out + ((<usize>((p * countJ + r) * 2 * countK)) << 2)
      const imaginary = (<usize>countK) << 2
      let t = 0
      for (; t + 4 <= countK; t += 4) {
        let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0, i0 = r0, i1 = r0, i2 = r0, i3 = r0
        let z = row(c, t, q)
        for (let j: usize = 0; j < half; j += 16) {
          const pr = v128.load(scratch + j), pi = v128.load(scratch + half + j)
          let zr = v128.load(z), zi = v128.load(z + half)
          r0 = f32x4.add(r0, f32x4.add(f32x4.mul(pr, zr), f32x4.mul(pi, zi)))
          i0 = f32x4.add(i0, f32x4.sub(f32x4.mul(pi, zr), f32x4.mul(pr, zi)))
          zr = v128.load(z + step)
          zi = v128.load(z + step + half)
          r1 = f32x4.add(r1, f32x4.add(f32x4.mul(pr, zr), f32x4.mul(pi, zi)))
          i1 = f32x4.add(i1, f32x4.sub(f32x4.mul(pi, zr), f32x4.mul(pr, zi)))
          zr = v128.load(z + 2 * step)
          zi = v128.load(z + 2 * step + half)
          r2 = f32x4.add(r2, f32x4.add(f32x4.mul(pr, zr), f32x4.mul(pi, zi)))
          i2 = f32x4.add(i2, f32x4.sub(f32x4.mul(pi, zr), f32x4.mul(pr, zi)))
          zr = v128.load(z + 3 * step)
          zi = v128.load(z + 3 * step + half)
          r3 = f32x4.add(r3, f32x4.add(f32x4.mul(pr, zr), f32x4.mul(pi, zi)))
          i3 = f32x4.add(i3, f32x4.sub(f32x4.mul(pi, zr), f32x4.mul(pr, zi)))
          z += 16
        }
        store<f32>(to, sum4(r0)); store<f32>(to, sum4(r1), 4); store<f32>(to, sum4(r2), 8); store<f32>(to, sum4(r3), 12)
        const im = to + imaginary
        store<f32>(im, sum4(i0)); store<f32>(im, sum4(i1), 4); store<f32>(im, sum4(i2), 8); store<f32>(im, sum4(i3), 12)
        to += 16
      }
      for (; t < countK; t++) {
        let re = f32x4.splat(0), im = re
        const z = row(c, t, q)
        for (let j: usize = 0; j < half; j += 16) {
          const pr = v128.load(scratch + j), pi = v128.load(scratch + half + j), zr = v128.load(z + j), zi = v128.load(z + half + j)
          re = f32x4.add(re, f32x4.add(f32x4.mul(pr, zr), f32x4.mul(pi, zi)))
          im = f32x4.add(im, f32x4.sub(f32x4.mul(pi, zr), f32x4.mul(pr, zi)))
        }
        store<f32>(to, sum4(re))
        store<f32>(to + imaginary, sum4(im))
        to += 4
      }
    }
  }
}
