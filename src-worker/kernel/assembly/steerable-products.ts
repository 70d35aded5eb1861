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
