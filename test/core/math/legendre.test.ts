import { describe, expect, it } from 'vitest'
import { gaussLegendre } from '#core/math/gauss-quadrature.ts'
import { normalizedLegendre } from '#core/math/legendre.ts'

const at = (values: Float64Array, l: number, m: number): number => values[(l * (l + 1)) / 2 + m]!

describe('normalizedLegendre', () => {
  it('equals the closed forms up to l = 3, with the Condon-Shortley phase', () => {
    for (const x of [-0.9, 0.1, 0.77]) {
      const s = Math.sqrt(1 - x * x)
      const p = normalizedLegendre(3, x)
      expect(at(p, 0, 0)).toBeCloseTo(Math.sqrt(1 / (4 * Math.PI)), 15)
      expect(at(p, 1, 0)).toBeCloseTo(Math.sqrt(3 / (4 * Math.PI)) * x, 14)
      expect(at(p, 1, 1)).toBeCloseTo(-Math.sqrt(3 / (8 * Math.PI)) * s, 14)
      expect(at(p, 2, 0)).toBeCloseTo(Math.sqrt(5 / (16 * Math.PI)) * (3 * x * x - 1), 14)
      expect(at(p, 2, 1)).toBeCloseTo(-Math.sqrt(15 / (8 * Math.PI)) * s * x, 14)
      expect(at(p, 2, 2)).toBeCloseTo(Math.sqrt(15 / (32 * Math.PI)) * s * s, 14)
      expect(at(p, 3, 3)).toBeCloseTo(-Math.sqrt(35 / (64 * Math.PI)) * s ** 3, 14)
    }
  })

  it('is orthonormal: 2 pi times the integral of Pbar_l^m Pbar_l\'^m over x is delta', () => {
    const degree = 40
    const { nodes, weights } = gaussLegendre(degree + 1)
    const tables = [...nodes].map((x) => normalizedLegendre(degree, x))
    let worst = 0
    for (const m of [0, 1, 7, 40]) {
      for (let l = m; l <= degree; l++) {
        for (let other = m; other <= l; other++) {
          let sum = 0
          tables.forEach((table, i) => (sum += weights[i]! * at(table, l, m) * at(table, other, m)))
          worst = Math.max(worst, Math.abs(2 * Math.PI * sum - (l === other ? 1 : 0)))
        }
      }
    }
    expect(worst).toBeLessThan(1e-12)
  })

  it('obeys the addition theorem at one point: |Y_l|^2 summed over m is (2l + 1) / 4 pi, to l = 200', () => {
    const p = normalizedLegendre(200, 0.3)
    for (const l of [5, 64, 200]) {
      let sum = at(p, l, 0) ** 2
      for (let m = 1; m <= l; m++) sum += 2 * at(p, l, m) ** 2
      expect((sum * 4 * Math.PI) / (2 * l + 1)).toBeCloseTo(1, 11)
    }
  })
})
