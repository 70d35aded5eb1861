import { describe, expect, it } from 'vitest'
import { gaussLegendre } from '#core/math/gauss-quadrature.ts'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import { Random } from '#core/random.ts'

describe('realSphericalHarmonics', () => {
  it('equals the Cartesian closed forms of l = 1 and 2', () => {
    const random = new Random(4)
    for (let trial = 0; trial < 20; trial++) {
      const [x, y, z] = random.direction()
      const v = realSphericalHarmonics(2, x, y, z)
      const a = Math.sqrt(3 / (4 * Math.PI))
      const b = Math.sqrt(15 / (4 * Math.PI))
      // (-1)^mu sqrt 2 Pbar_1^1 cos f = + sqrt(3/4pi) x, because Pbar_1^1 carries -1
      const expected = [Math.sqrt(1 / (4 * Math.PI)), a * y, a * z, a * x, b * x * y, b * y * z, (b / Math.sqrt(12)) * (3 * z * z - 1), b * x * z, (b / 2) * (x * x - y * y)]
      expected.forEach((value, i) => expect(v[i]).toBeCloseTo(value, 13))
    }
  })

  it('is orthonormal on the sphere', () => {
    const degree = 12
    const { nodes, weights } = gaussLegendre(degree + 1)
    const turns = 2 * degree + 2
    const count = (degree + 1) ** 2
    const gram = new Float64Array(count * count)
    for (let i = 0; i <= degree; i++) {
      for (let j = 0; j < turns; j++) {
        const f = (2 * Math.PI * (j + 0.3)) / turns
        const s = Math.sqrt(1 - nodes[i]! ** 2)
        const v = realSphericalHarmonics(degree, s * Math.cos(f), s * Math.sin(f), nodes[i]!)
        for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) gram[a * count + b]! += (weights[i]! * 2 * Math.PI * v[a]! * v[b]!) / turns
      }
    }
    let worst = 0
    for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) worst = Math.max(worst, Math.abs(gram[a * count + b]! - (a === b ? 1 : 0)))
    expect(worst).toBeLessThan(1e-12)
  })

  it('obeys the addition theorem with Legendre polynomials', () => {
    const random = new Random(9)
    const [u, v] = [random.direction(), random.direction()]
    const a = realSphericalHarmonics(30, ...u)
    const b = realSphericalHarmonics(30, ...v)
    const t = u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
    let [before, last] = [1, t]
    for (let l = 2; l <= 30; l++) {
      ;[before, last] = [last, ((2 * l - 1) * t * last - (l - 1) * before) / l]
      let sum = 0
      for (let i = l * l; i < (l + 1) ** 2; i++) sum += a[i]! * b[i]!
      expect((sum * 4 * Math.PI) / (2 * l + 1)).toBeCloseTo(last, 12)
    }
  })

  it('is defined at the poles', () => {
    const v = realSphericalHarmonics(3, 0, 0, -1)
    expect(v[2]).toBeCloseTo(-Math.sqrt(3 / (4 * Math.PI)), 14)
    expect(Math.abs(v[3]!)).toBe(0)
  })
})
