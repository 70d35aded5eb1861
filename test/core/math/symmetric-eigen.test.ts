import { describe, expect, it } from 'vitest'
import { symmetricEigen } from '#core/math/symmetric-eigen.ts'
import { Random } from '#core/random.ts'

function symmetric(size: number, entry: (i: number, j: number) => number): Float64Array {
  const a = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) a[i * size + j] = a[j * size + i] = entry(i, j)
  return a
}

function worst(a: Float64Array, size: number): { residual: number; orthogonality: number } {
  const { values, vectors } = symmetricEigen(a, size)
  let residual = 0
  let orthogonality = 0
  for (let e = 0; e < size; e++) {
    for (let i = 0; i < size; i++) {
      let product = 0
      let inner = 0
      for (let j = 0; j < size; j++) {
        product += a[i * size + j]! * vectors[e * size + j]!
        inner += vectors[e * size + j]! * vectors[i * size + j]!
      }
      residual = Math.max(residual, Math.abs(product - values[e]! * vectors[e * size + i]!))
      orthogonality = Math.max(orthogonality, Math.abs(inner - (i === e ? 1 : 0)))
    }
  }
  return { residual, orthogonality }
}

describe('symmetricEigen', () => {
  it.each([1, 2, 3, 7, 40, 90])('solves A v = lambda v with orthonormal v, size %i', (size) => {
    const random = new Random(size)
    const { residual, orthogonality } = worst(symmetric(size, () => random.normal()), size)
    expect(residual).toBeLessThan(1e-13 * size)
    expect(orthogonality).toBeLessThan(1e-13 * Math.sqrt(size) + 1e-14)
  })

  it('gives the closed form of the second-difference matrix: 2 - 2 cos(k pi / (n+1)), descending', () => {
    const n = 31
    const { values } = symmetricEigen(symmetric(n, (i, j) => (i === j ? 2 : i === j + 1 ? -1 : 0)), n)
    values.forEach((value, k) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)), 13))
  })

  it('finds degenerate and vanishing eigenvalues: a projector of rank 3, the zero and the unit matrix', () => {
    const random = new Random(5)
    const n = 12
    const basis = symmetricEigen(symmetric(n, () => random.normal()), n).vectors.subarray(0, 3 * n)
    const projector = symmetric(n, (i, j) => basis[i]! * basis[j]! + basis[n + i]! * basis[n + j]! + basis[2 * n + i]! * basis[2 * n + j]!)
    symmetricEigen(projector, n).values.forEach((value, k) => expect(value).toBeCloseTo(k < 3 ? 1 : 0, 13))
    expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0])
    expect([...symmetricEigen(symmetric(4, (i, j) => (i === j ? 1 : 0)), 4).values]).toEqual([1, 1, 1, 1])
  })

  it('survives entries from 1e-300 to 1 (Gram matrices of Bessel functions far below their turning point)', () => {
    const n = 20
    const size = (i: number): number => 10 ** (-15 * i)
    const { residual, orthogonality } = worst(symmetric(n, (i, j) => size(i) * size(j) * (1 + 0.3 * Math.cos(i + 2 * j))), n)
    expect(residual).toBeLessThan(1e-14)
    expect(orthogonality).toBeLessThan(1e-13)
  })

  it('makes the largest entry of each vector positive', () => {
    const { vectors } = symmetricEigen(new Float64Array([2, -1, -1, 2]), 2)
    expect([...vectors].map((x) => Number(x.toFixed(12)))).toEqual([0.707106781187, -0.707106781187, 0.707106781187, 0.707106781187].map((x) => Number(x.toFixed(12))))
  })
})
