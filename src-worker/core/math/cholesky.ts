/**
 * Cholesky factor L of a symmetric positive definite n x n matrix (row-major; the upper triangle is not read), A = L L^T,
 * lower triangle of a new matrix. Pivots below `least` times their diagonal are raised to it, so that rounding cannot
 * end the factorisation.
 */
export function choleskyFactor(matrix: Float64Array, n: number, least = 1e-14): Float64Array {
  const c = matrix.slice()
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) for (let i = j; i < n; i++) c[i * n + j]! -= c[i * n + k]! * c[j * n + k]!
    const root = Math.sqrt(Math.max(c[j * n + j]!, least * matrix[j * n + j]!, 1e-300))
    for (let i = j; i < n; i++) c[i * n + j]! /= root
  }
  return c
}

/** Solves L L^T x = b in place for the n values of `vector` from `at` on. */
export function choleskySolve(factor: Float64Array, n: number, vector: Float64Array, at = 0): void {
  for (let i = 0; i < n; i++) {
    let sum = vector[at + i]!
    for (let j = 0; j < i; j++) sum -= factor[i * n + j]! * vector[at + j]!
    vector[at + i] = sum / factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = vector[at + i]!
    for (let j = i + 1; j < n; j++) sum -= factor[j * n + i]! * vector[at + j]!
    vector[at + i] = sum / factor[i * n + i]!
  }
}

/** Diagonal of (L L^T)^-1. */
export function choleskyInverseDiagonal(factor: Float64Array, n: number): Float64Array {
  const unit = new Float64Array(n)
  return Float64Array.from({ length: n }, (_, i) => {
    unit.fill(0)
    unit[i] = 1
    choleskySolve(factor, n, unit)
    return unit[i]!
  })
}
