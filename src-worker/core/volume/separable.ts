/** Applies a rows x columns matrix along every axis of a cube of side `columns`; gives a cube of side `rows`. */
export function applyAlongAxes(data: ArrayLike<number>, size: number, matrices: readonly [Float64Array, Float64Array, Float64Array], rows: number): Float64Array {
  const [alongX, alongY, alongZ] = matrices
  const x = new Float64Array(rows * size * size)
  const run = new Float64Array(size)
  for (let line = 0; line < size * size; line++) {
    for (let i = 0; i < size; i++) run[i] = data[line * size + i]!
    for (let j = 0; j < rows; j++) x[line * rows + j] = dot(alongX, j * size, run)
  }
  const y = new Float64Array(rows * rows * size)
  for (let z = 0; z < size; z++) combineRows(alongY, x.subarray(z * size * rows, (z + 1) * size * rows), y.subarray(z * rows * rows, (z + 1) * rows * rows), rows, size, rows)
  const result = new Float64Array(rows ** 3)
  combineRows(alongZ, y, result, rows, size, rows * rows)
  return result
}

function dot(matrix: Float64Array, row: number, values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let i = 0
  for (; i + 4 <= values.length; i += 4) {
    a += matrix[row + i]! * values[i]!
    b += matrix[row + i + 1]! * values[i + 1]!
    c += matrix[row + i + 2]! * values[i + 2]!
    d += matrix[row + i + 3]! * values[i + 3]!
  }
  for (; i < values.length; i++) a += matrix[row + i]! * values[i]!
  return a + b + (c + d)
}

// output[j] = sum_i matrix[j, i] input[i], each a run of `width` values; in strips that stay in the cache, four inputs at a time.
function combineRows(matrix: Float64Array, input: Float64Array, output: Float64Array, rows: number, columns: number, width: number): void {
  for (let start = 0; start < width; start += STRIP) {
    const end = Math.min(width, start + STRIP)
    for (let j = 0; j < rows; j++) {
      const target = j * width
      let i = 0
      for (; i + 4 <= columns; i += 4) {
        const [m0, m1, m2, m3] = [matrix[j * columns + i]!, matrix[j * columns + i + 1]!, matrix[j * columns + i + 2]!, matrix[j * columns + i + 3]!]
        const source = i * width
        for (let k = start; k < end; k++) {
          const p = source + k
          output[target + k]! += m0 * input[p]! + m1 * input[p + width]! + (m2 * input[p + 2 * width]! + m3 * input[p + 3 * width]!)
        }
      }
      for (; i < columns; i++) {
        const factor = matrix[j * columns + i]!
        for (let k = start; k < end; k++) output[target + k]! += factor * input[i * width + k]!
      }
    }
  }
}

const STRIP = 256

/**
 * The real matrix (to x from) that reads a periodic band-limited signal of `from` samples at `to` samples of the same
 * period, centres (floor(n/2)) on each other: `(1/from) sum_{|h| < min/2} gain(h) cos(2 pi h ((j - c_to)/to - (i - c_from)/from))`.
 */
export function resampleMatrix(from: number, to: number, gain: (h: number) => number = () => 1): Float64Array {
  const limit = Math.ceil(Math.min(from, to) / 2) - 1
  const gains = Float64Array.from({ length: limit + 1 }, (_, h) => ((h === 0 ? 1 : 2) * gain(h)) / from)
  const matrix = new Float64Array(to * from)
  for (let j = 0; j < to; j++) {
    for (let i = 0; i < from; i++) {
      const angle = 2 * Math.PI * ((j - Math.floor(to / 2)) / to - (i - Math.floor(from / 2)) / from)
      let sum = 0
      for (let h = 0; h <= limit; h++) sum += gains[h]! * Math.cos(h * angle)
      matrix[j * from + i] = sum
    }
  }
  return matrix
}

/** Moves a periodic signal by `shift` samples. The Nyquist term of an even size is kept as a cosine, so whole shifts are exact. */
export function shiftMatrix(size: number, shift: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let d = 0; d < size; d++) {
    let sum = 1
    for (let h = 1; h < size / 2; h++) sum += 2 * Math.cos((2 * Math.PI * h * (d - shift)) / size)
    if (size % 2 === 0) sum += Math.cos(Math.PI * (d - shift))
    for (let i = 0; i < size; i++) matrix[((i + d) % size) * size + i] = sum / size
  }
  return matrix
}
