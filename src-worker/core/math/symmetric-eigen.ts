/** Eigenvalues in descending order, and eigenvectors as rows of `vectors` (count x size, row-major). */
export interface SymmetricEigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * Eigendecomposition of a real symmetric matrix (size x size, row-major) by cyclic Jacobi rotations (Golub and Van
 * Loan 8.5). For the small matrices here (up to ~100). The sign of each vector makes its largest entry positive.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const a = Float64Array.from(matrix)
  const v = new Float64Array(size * size)
  for (let i = 0; i < size; i++) v[i * size + i] = 1
  let scale = 0
  for (const x of a) scale += x * x
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += a[p * size + q]! ** 2
    if (off <= 1e-30 * scale) break
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, v, { size, p, q })
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]!)
  const values = Float64Array.from(order, (i) => a[i * size + i]!)
  const vectors = new Float64Array(size * size)
  order.forEach((from, to) => {
    let largest = 0
    for (let k = 0; k < size; k++) if (Math.abs(v[from * size + k]!) > Math.abs(largest) + 1e-12) largest = v[from * size + k]!
    const sign = largest < 0 ? -1 : 1
    for (let k = 0; k < size; k++) vectors[to * size + k] = sign * v[from * size + k]!
  })
  return { values, vectors }
}

// One Jacobi rotation in the (p, q) plane; rows of v collect the eigenvectors.
function rotate(a: Float64Array, v: Float64Array, plane: { size: number; p: number; q: number }): void {
  const { size, p, q } = plane
  const apq = a[p * size + q]!
  if (apq === 0) return
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < size; k++) {
    const x = a[k * size + p]!
    const y = a[k * size + q]!
    a[k * size + p] = c * x - s * y
    a[k * size + q] = s * x + c * y
  }
  for (let k = 0; k < size; k++) {
    const x = a[p * size + k]!
    const y = a[q * size + k]!
    a[p * size + k] = c * x - s * y
    a[q * size + k] = s * x + c * y
  }
  for (let k = 0; k < size; k++) {
    const x = v[p * size + k]!
    const y = v[q * size + k]!
    v[p * size + k] = c * x - s * y
    v[q * size + k] = s * x + c * y
  }
}
