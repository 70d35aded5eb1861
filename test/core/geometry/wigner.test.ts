import { describe, expect, it } from 'vitest'
import { normalizedLegendre } from '#core/math/legendre.ts'
import { wignerD, wignerSmallD, wignerSmallDs } from '#core/geometry/wigner.ts'
import { rotateVector, rotationFromEuler } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'

/** Y_l^m for m = -l..l at a unit vector, as [re, im] pairs. */
function harmonics(l: number, x: number, y: number, z: number): [number, number][] {
  const p = normalizedLegendre(l, z)
  const f = Math.atan2(y, x)
  return Array.from({ length: 2 * l + 1 }, (_, i) => {
    const m = Math.abs(i - l)
    const sign = i < l && m % 2 === 1 ? -1 : 1
    const value = sign * p[(l * (l + 1)) / 2 + m]!
    return [value * Math.cos((i - l) * f), value * Math.sin((i - l) * f)]
  })
}

function multiply(a: Float64Array, b: Float64Array, width: number): Float64Array {
  const c = new Float64Array(width * width)
  for (let i = 0; i < width; i++) for (let k = 0; k < width; k++) for (let j = 0; j < width; j++) c[i * width + j]! += a[i * width + k]! * b[k * width + j]!
  return c
}

const largest = (values: Iterable<number>): number => Math.max(...[...values].map(Math.abs))

describe('wignerSmallD', () => {
  it.each([0, 0.3, 1.2, Math.PI / 2, 2.9, Math.PI, -0.7])('equals the closed forms of l = 1 and 2 at beta = %f', (beta) => {
    const [c, s] = [Math.cos(beta), Math.sin(beta)]
    const d1 = wignerSmallD(1, beta)
    const expected = [(1 + c) / 2, s / Math.SQRT2, (1 - c) / 2, -s / Math.SQRT2, c, s / Math.SQRT2, (1 - c) / 2, -s / Math.SQRT2, (1 + c) / 2]
    expected.forEach((value, i) => expect(d1[i]).toBeCloseTo(value, 14))
    const d2 = wignerSmallD(2, beta)
    const at = (m: number, n: number): number => d2[(m + 2) * 5 + n + 2]!
    expect(at(2, 2)).toBeCloseTo(((1 + c) / 2) ** 2, 14)
    expect(at(2, 1)).toBeCloseTo((-s * (1 + c)) / 2, 14)
    expect(at(2, 0)).toBeCloseTo(Math.sqrt(3 / 8) * s * s, 14)
    expect(at(2, -1)).toBeCloseTo((-s * (1 - c)) / 2, 14)
    expect(at(2, -2)).toBeCloseTo(((1 - c) / 2) ** 2, 14)
    expect(at(1, 1)).toBeCloseTo(((1 + c) * (2 * c - 1)) / 2, 14)
    expect(at(1, 0)).toBeCloseTo(-Math.sqrt(3 / 2) * s * c, 14)
    expect(at(0, 0)).toBeCloseTo((3 * c * c - 1) / 2, 14)
  })

  it.each([3, 17, 64])('is orthogonal and obeys d(a) d(b) = d(a + b), l = %i', (l) => {
    const width = 2 * l + 1
    for (const [a, b] of [[0.2, 1.1], [1e-4, 0.5], [1.7, 1.3]] as const) {
      const product = multiply(wignerSmallD(l, a), wignerSmallD(l, b), width)
      const sum = wignerSmallD(l, a + b)
      expect(largest(product.map((value, i) => value - sum[i]!))).toBeLessThan(1e-11)
      const back = multiply(wignerSmallD(l, a), wignerSmallD(l, -a), width)
      expect(largest(back.map((value, i) => value - (i % (width + 1) === 0 ? 1 : 0)))).toBeLessThan(1e-11)
    }
  })

  it('has the derivative -i J_y at 0, for l = 64', () => {
    const l = 64
    const h = 1e-6
    const plus = wignerSmallD(l, h)
    const minus = wignerSmallD(l, -h)
    for (let m = -l; m < l; m++) {
      // <m+1| -i J_y |m> = -sqrt(l(l+1) - m(m+1)) / 2
      const index = (m + 1 + l) * (2 * l + 1) + m + l
      expect((plus[index]! - minus[index]!) / (2 * h)).toBeCloseTo(-Math.sqrt(l * (l + 1) - m * (m + 1)) / 2, 5)
    }
  })

  it('gives all degrees at once', () => {
    const all = wignerSmallDs(9, 0.8)
    for (const l of [0, 4, 9]) expect([...all[l]!]).toEqual([...wignerSmallD(l, 0.8)])
  })
})

describe('wignerD', () => {
  it('rotates spherical harmonics: Y(R^T x) = sum_m D_mm\' Y_m(x), R = Rz(a) Ry(b) Rz(g)', () => {
    const random = new Random(2)
    let worst = 0
    for (const l of [1, 2, 5, 20]) {
      const [a, b, g] = [random.uniform() * 6, random.uniform() * 3, random.uniform() * 6]
      const d = wignerD(l, a, b, g)
      const x = random.direction()
      const here = harmonics(l, ...x)
      // R^T = RELION's matrix of the same three angles
      const there = harmonics(l, ...rotateVector(rotationFromEuler(a, b, g), x))
      const width = 2 * l + 1
      for (let n = 0; n < width; n++) {
        let [re, im] = [0, 0]
        for (let m = 0; m < width; m++) {
          const [dr, di] = [d.re[m * width + n]!, d.im[m * width + n]!]
          re += dr * here[m]![0] - di * here[m]![1]
          im += dr * here[m]![1] + di * here[m]![0]
        }
        worst = Math.max(worst, Math.abs(re - there[n]![0]), Math.abs(im - there[n]![1]))
      }
    }
    expect(worst).toBeLessThan(1e-12)
  })
})
