// C (+)= op(A) op(B), float32, row-major with leading dimensions. Panels of A (4 rows) and B (8 columns) are packed
// and zero-padded; the 4x8 micro-kernel keeps eight v128 accumulators. Loads past a matrix are never made.
const BLOCK_K: i32 = 256
const BLOCK_N: i32 = 512

@inline function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2)
}

// Four rows of four floats, transposed: element i of row r goes to out + i * step + 4 * r.
@inline function transpose4(s0: usize, s1: usize, s2: usize, s3: usize, out: usize, step: usize): void {
  const a = v128.load(s0), b = v128.load(s1), c = v128.load(s2), d = v128.load(s3)
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(out, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5))
  v128.store(out + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7))
  v128.store(out + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5))
  v128.store(out + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7))
}

// B block (k0..k0+kc, n0..n0+nc) into panels of 8 columns: panel[p][k][8]
function packB(b: usize, ldb: i32, transposed: bool, k0: i32, kc: i32, n0: i32, nc: i32, out: usize): void {
  for (let p = 0; p < nc; p += 8) {
    const width = min(8, nc - p)
    let d = out + ((<usize>(p * kc)) << 2)
    if (!transposed && width == 8) {
      let s = at(b, k0 * ldb + n0 + p)
      const step = (<usize>ldb) << 2
      for (let k = 0; k < kc; k++) {
        v128.store(d, v128.load(s))
        v128.store(d, v128.load(s, 16), 16)
        s += step
        d += 32
      }
    } else {
      let first = 0
      if (transposed && width == 8) {
        const row = (<usize>ldb) << 2
        for (; first + 4 <= kc; first += 4) {
          let s = at(b, (n0 + p) * ldb + k0 + first)
          transpose4(s, s + row, s + 2 * row, s + 3 * row, d, 32)
          s += 4 * row
          transpose4(s, s + row, s + 2 * row, s + 3 * row, d + 16, 32)
          d += 128
        }
      }
      for (let k = first; k < kc; k++) {
        for (let j = 0; j < 8; j++) {
          let value: f32 = 0
          if (j < width) value = transposed ? load<f32>(at(b, (n0 + p + j) * ldb + k0 + k)) : load<f32>(at(b, (k0 + k) * ldb + n0 + p + j))
          store<f32>(d + ((<usize>j) << 2), value)
        }
        d += 32
      }
    }
  }
}

// Four rows of op(A) (rows m0..m0+4, columns k0..k0+kc) interleaved: out[k][4]
function packA(a: usize, lda: i32, transposed: bool, m0: i32, rows: i32, k0: i32, kc: i32, out: usize): void {
  if (transposed && rows == 4) {
    let s = at(a, k0 * lda + m0)
    const step = (<usize>lda) << 2
    let d = out
    for (let k = 0; k < kc; k++) {
      v128.store(d, v128.load(s))
      s += step
      d += 16
    }
    return
  }
  let first = 0
  if (!transposed && rows == 4) {
    const row = (<usize>lda) << 2
    let s = at(a, m0 * lda + k0)
    for (; first + 4 <= kc; first += 4) {
      transpose4(s, s + row, s + 2 * row, s + 3 * row, out + ((<usize>first) << 4), 16)
      s += 16
    }
  }
  for (let r = 0; r < 4; r++) {
    let d = out + ((<usize>(first * 4 + r)) << 2)
    if (r >= rows) {
      for (let k = first; k < kc; k++) {
        store<f32>(d, 0)
        d += 16
      }
    } else if (transposed) {
      for (let k = first; k < kc; k++) {
        store<f32>(d, load<f32>(at(a, (k0 + k) * lda + m0 + r)))
        d += 16
      }
    } else {
      let s = at(a, (m0 + r) * lda + k0 + first)
      for (let k = first; k < kc; k++) {
        store<f32>(d, load<f32>(s))
        s += 4
        d += 16
      }
    }
  }
}

@inline function addTo(d: usize, v: v128): void {
  v128.store(d, f32x4.add(v128.load(d), v))
}

// scratch: (BLOCK_K * BLOCK_N + BLOCK_K * 4 + 32) floats
export function multiply(
  a: usize, lda: i32, transposeA: bool,
  b: usize, ldb: i32, transposeB: bool,
  c: usize, ldc: i32,
  m: i32, n: i32, k: i32,
  accumulate: bool, scratch: usize,
): void {
  const packedB = scratch
  const packedA = scratch + ((<usize>(BLOCK_K * BLOCK_N)) << 2)
  const tile = packedA + ((<usize>(BLOCK_K * 4)) << 2)
  if (!accumulate) for (let i = 0; i < m; i++) memory.fill(at(c, i * ldc), 0, (<usize>n) << 2)
  for (let n0 = 0; n0 < n; n0 += BLOCK_N) {
    const nc = min(BLOCK_N, n - n0)
    for (let k0 = 0; k0 < k; k0 += BLOCK_K) {
      const kc = min(BLOCK_K, k - k0)
      packB(b, ldb, transposeB, k0, kc, n0, nc, packedB)
      for (let m0 = 0; m0 < m; m0 += 4) {
        const rows = min(4, m - m0)
        packA(a, lda, transposeA, m0, rows, k0, kc, packedA)
        for (let p = 0; p < nc; p += 8) {
          let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
          let q = packedB + ((<usize>(p * kc)) << 2)
          let s = packedA
          for (let i = 0; i < kc; i++) {
            const b0 = v128.load(q), b1 = v128.load(q, 16)
            q += 32
            let x = v128.load_splat<f32>(s)
            c00 = f32x4.add(c00, f32x4.mul(x, b0))
            c01 = f32x4.add(c01, f32x4.mul(x, b1))
            x = v128.load_splat<f32>(s, 4)
            c10 = f32x4.add(c10, f32x4.mul(x, b0))
            c11 = f32x4.add(c11, f32x4.mul(x, b1))
            x = v128.load_splat<f32>(s, 8)
            c20 = f32x4.add(c20, f32x4.mul(x, b0))
            c21 = f32x4.add(c21, f32x4.mul(x, b1))
            x = v128.load_splat<f32>(s, 12)
            c30 = f32x4.add(c30, f32x4.mul(x, b0))
            c31 = f32x4.add(c31, f32x4.mul(x, b1))
            s += 16
          }
          const width = min(8, nc - p)
          if (rows == 4 && width == 8) {
            let d = at(c, m0 * ldc + n0 + p)
            const step = (<usize>ldc) << 2
            addTo(d, c00); addTo(d + 16, c01)
            d += step
            addTo(d, c10); addTo(d + 16, c11)
            d += step
            addTo(d, c20); addTo(d + 16, c21)
            d += step
            addTo(d, c30); addTo(d + 16, c31)
          } else {
            v128.store(tile, c00); v128.store(tile, c01, 16); v128.store(tile, c10, 32); v128.store(tile, c11, 48)
            v128.store(tile, c20, 64); v128.store(tile, c21, 80); v128.store(tile, c30, 96); v128.store(tile, c31, 112)
            for (let r = 0; r < rows; r++) {
              for (let j = 0; j < width; j++) {
                const d = at(c, (m0 + r) * ldc + n0 + p + j)
                store<f32>(d, load<f32>(d) + load<f32>(at(tile, r * 8 + j)))
              }
            }
          }
        }
      }
    }
  }
}
