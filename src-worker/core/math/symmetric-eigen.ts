/** Eigenvalues in descending order, and eigenvectors as rows of `vectors` (count x size, row-major). */
export interface SymmetricEigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/** What is dropped of a matrix whose largest entry is one. */
const NEGLIGIBLE = 1e-18

interface Tridiagonal {
  readonly diagonal: Float64Array
  readonly off: Float64Array
  /** Q^T with A = Q T Q^T. */
  readonly rows: Float64Array
}

/**
 * Eigendecomposition of a real symmetric matrix (size x size, row-major): Householder tridiagonalisation and implicit
 * QR steps with Wilkinson's shift (Golub and Van Loan, algorithms 8.3.1 to 8.3.3). Values are exact to rounding of the
 * largest. The sign of each vector makes its largest entry positive.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  // Scaled to one, so that squares of small entries neither underflow nor decide anything.
  const scale = matrix.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1
  const { diagonal, off, rows } = tridiagonalise(matrix.map((x) => x / scale), size)
  diagonalise(diagonal, off, rows)
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => diagonal[j]! - diagonal[i]!)
  const values = Float64Array.from(order, (i) => scale * diagonal[i]!)
  const vectors = new Float64Array(size * size)
  order.forEach((from, to) => {
    let largest = 0
    for (let k = 0; k < size; k++) if (Math.abs(rows[from * size + k]!) > Math.abs(largest) + 1e-12) largest = rows[from * size + k]!
    const sign = largest < 0 ? -1 : 1
    for (let k = 0; k < size; k++) vectors[to * size + k] = sign * rows[from * size + k]!
  })
  return { values, vectors }
}

// Reflections I - factor v v^T, one column after the other; `a` is used up.
function tridiagonalise(a: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size)
  const off = new Float64Array(Math.max(0, size - 1))
  const reflections: { readonly v: Float64Array; readonly factor: number }[] = []
  for (let k = 0; k < size - 2; k++) {
    const v = a.slice(k * size + k + 1, (k + 1) * size) // row k equals column k
    let tail = 0
    for (let i = 1; i < v.length; i++) tail += v[i]! * v[i]!
    const head = v[0]!
    const length = Math.sqrt(head * head + tail)
    if (tail <= NEGLIGIBLE ** 2) {
      off[k] = head
      reflections.push({ v, factor: 0 })
      continue
    }
    // Away from cancellation: v = x + sign(x_0) |x| e_0.
    off[k] = head > 0 ? -length : length
    v[0] = head - off[k]!
    const factor = 2 / (v[0]! * v[0]! + tail)
    reflect(a, { size, from: k + 1, v, factor })
    reflections.push({ v, factor })
  }
  for (let i = 0; i < size; i++) diagonal[i] = a[i * size + i]!
  if (size > 1) off[size - 2] = a[(size - 1) * size + size - 2]!
  return { diagonal, off, rows: transposedProduct(reflections, size) }
}

// A <- H A H on the trailing block: A - v w^T - w v^T, w = factor A v - (factor^2 / 2)(v^T A v) v.
function reflect(a: Float64Array, by: { size: number; from: number; v: Float64Array; factor: number }): void {
  const { size, from, v, factor } = by
  const w = new Float64Array(v.length)
  let inner = 0
  for (let i = 0; i < v.length; i++) {
    const row = (from + i) * size + from
    let sum = 0
    for (let j = 0; j < v.length; j++) sum += a[row + j]! * v[j]!
    w[i] = factor * sum
    inner += w[i]! * v[i]!
  }
  for (let i = 0; i < v.length; i++) w[i]! -= 0.5 * factor * inner * v[i]!
  for (let i = 0; i < v.length; i++) {
    const row = (from + i) * size + from
    const vi = v[i]!
    const wi = w[i]!
    for (let j = 0; j < v.length; j++) a[row + j]! -= vi * w[j]! + wi * v[j]!
  }
}

// Q^T = ... H_1 H_0, accumulated from the last reflection, which touches the smallest block.
function transposedProduct(reflections: readonly { readonly v: Float64Array; readonly factor: number }[], size: number): Float64Array {
  const rows = new Float64Array(size * size)
  for (let i = 0; i < size; i++) rows[i * size + i] = 1
  for (let k = reflections.length - 1; k >= 0; k--) {
    const { v, factor } = reflections[k]!
    for (let i = k + 1; i < size; i++) {
      const row = i * size + k + 1
      let sum = 0
      for (let j = 0; j < v.length; j++) sum += rows[row + j]! * v[j]!
      sum *= factor
      for (let j = 0; j < v.length; j++) rows[row + j]! -= sum * v[j]!
    }
  }
  return rows
}

// Implicit QR steps on the unreduced block at the end until everything off the diagonal is rounding.
function diagonalise(diagonal: Float64Array, off: Float64Array, rows: Float64Array): void {
  const size = diagonal.length
  let end = size - 1
  for (let step = 0; end > 0 && step < 60 * size; step++) {
    for (let k = 0; k < end; k++) if (Math.abs(off[k]!) <= NEGLIGIBLE + 1.2e-16 * (Math.abs(diagonal[k]!) + Math.abs(diagonal[k + 1]!))) off[k] = 0
    while (end > 0 && off[end - 1] === 0) end--
    let start = end
    while (start > 0 && off[start - 1] !== 0) start--
    if (start < end) implicitStep({ diagonal, off, rows }, start, end)
  }
}

function implicitStep({ diagonal, off, rows }: Tridiagonal, start: number, end: number): void {
  const size = diagonal.length
  const half = (diagonal[end - 1]! - diagonal[end]!) / 2
  const last = off[end - 1]!
  const shift = diagonal[end]! - (last * last) / (half + (half < 0 ? -1 : 1) * Math.hypot(half, last))
  let x = diagonal[start]! - shift
  let z = off[start]!
  for (let k = start; k < end; k++) {
    const r = Math.hypot(x, z)
    const c = r === 0 ? 1 : x / r
    const s = r === 0 ? 0 : z / r
    if (k > start) off[k - 1] = r
    const [p, e, q] = [diagonal[k]!, off[k]!, diagonal[k + 1]!]
    diagonal[k] = c * c * p + 2 * c * s * e + s * s * q
    diagonal[k + 1] = s * s * p - 2 * c * s * e + c * c * q
    off[k] = c * s * (q - p) + (c * c - s * s) * e
    if (k < end - 1) {
      x = off[k]!
      z = s * off[k + 1]!
      off[k + 1]! *= c
    }
    const upper = k * size
    const lower = upper + size
    for (let j = 0; j < size; j++) {
      const a = rows[upper + j]!
      const b = rows[lower + j]!
      rows[upper + j] = c * a + s * b
      rows[lower + j] = c * b - s * a
    }
  }
}
