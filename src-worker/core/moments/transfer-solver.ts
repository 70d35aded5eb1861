import { conjugateGradient } from '../math/conjugate-gradient.ts'
import type { ComplexBlock } from './component-moments.ts'

/** Weighted groups of symmetric matrices, one for each angular frequency: `matrices[g][m]` is counts[m]^2. */
export interface WeightedOperators {
  readonly counts: readonly number[]
  readonly matrices: readonly (readonly Float64Array[])[]
}

/** Ridge, in units of the mean operator's: what no image carries is drawn to zero instead of being blown up. */
const RIDGE = 1e-3

/** `sum_g w_g B_g v` at one angular frequency. */
export function mixVector({ counts, matrices }: WeightedOperators, m: number, weights: ArrayLike<number>, v: Float64Array): Float64Array {
  const n = counts[m]!
  const out = new Float64Array(n)
  matrices.forEach((group, g) => {
    const w = weights[g]!
    if (w === 0) return
    const b = group[m]!
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i]! += w * b[i * n + j]! * v[j]!
  })
  return out
}

/** `sum_g w_g B_g` at one angular frequency. */
export function mixMatrix({ counts, matrices }: WeightedOperators, m: number, weights: ArrayLike<number>): Float64Array {
  const out = new Float64Array(counts[m]! ** 2)
  matrices.forEach((group, g) => {
    const b = group[m]!
    for (let i = 0; i < out.length; i++) out[i]! += weights[g]! * b[i]!
  })
  return out
}

/** `sum_g w_g (B_g,f1 (x) B_g,f2 (x) ...) x` for a real block over the angular frequencies `factors`, row-major. */
export function mixBlock({ counts, matrices }: WeightedOperators, factors: readonly number[], weights: ArrayLike<number>, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length)
  matrices.forEach((group, g) => {
    const w = weights[g]!
    if (w === 0) return
    const y = transformBlock(x, factors.map((m) => ({ matrix: group[m]!, rows: counts[m]!, columns: counts[m]! })))
    for (let i = 0; i < out.length; i++) out[i]! += w * y[i]!
  })
  return out
}

/** Solves `(sum_g w_g B_g (x) ... + ridge) X = Y`, the weights adding up to 1: least squares of moments over groups, real and imaginary part by themselves. */
export function solveBlock(operators: WeightedOperators, factors: readonly number[], weights: ArrayLike<number>, y: ComplexBlock, tolerance = 1e-4): ComplexBlock {
  const apply = (x: Float64Array): Float64Array => {
    const out = mixBlock(operators, factors, weights, x)
    for (let i = 0; i < x.length; i++) out[i]! += RIDGE * x[i]!
    return out
  }
  return { re: conjugateGradient(apply, y.re, { tolerance }), im: conjugateGradient(apply, y.im, { tolerance }) }
}

/** What `solveBlock` leaves of a block of residuals in its own units: `ridge X`. */
export function ridgeOf(x: Float64Array): Float64Array {
  return x.map((value) => RIDGE * value)
}

interface AxisMatrix {
  readonly matrix: Float64Array
  readonly rows: number
  readonly columns: number
}

/** Applies a real matrix along every axis of a row-major block. */
export function transformBlock(x: Float64Array, axes: readonly AxisMatrix[]): Float64Array {
  let data = x
  const shape = axes.map(({ columns }) => columns)
  axes.forEach(({ matrix, rows, columns }, axis) => {
    const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
    const outer = shape.slice(0, axis).reduce((product, size) => product * size, 1)
    const out = new Float64Array(outer * rows * inner)
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < rows; i++) {
        if (inner === 1) {
          let sum = 0
          for (let j = 0, at = i * columns, from = o * columns; j < columns; j++) sum += matrix[at++]! * data[from++]!
          out[o * rows + i] = sum
          continue
        }
        const to = (o * rows + i) * inner
        for (let j = 0; j < columns; j++) {
          const value = matrix[i * columns + j]!
          const from = (o * columns + j) * inner
          for (let e = 0; e < inner; e++) out[to + e]! += value * data[from + e]!
        }
      }
    }
    data = out
    shape[axis] = rows
  })
  return data
}
