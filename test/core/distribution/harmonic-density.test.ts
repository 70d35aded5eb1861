import { describe, expect, it } from 'vitest'
import { evaluateHarmonicDensity } from '#core/distribution/harmonic-density.ts'
import { gaussLegendre } from '#core/math/gauss-quadrature.ts'
import { Random } from '#core/random.ts'

/** Gauss-Legendre in z times equal steps in azimuth. */
function sphereRule(count: number): { points: Float64Array; weights: Float64Array } {
  const { nodes, weights } = gaussLegendre(count, -1, 1)
  const points: number[] = []
  const out: number[] = []
  nodes.forEach((z, i) => {
    for (let k = 0; k < 2 * count; k++) {
      const f = (Math.PI * k) / count
      points.push(Math.sqrt(1 - z * z) * Math.cos(f), Math.sqrt(1 - z * z) * Math.sin(f), z)
      out.push((weights[i]! * Math.PI) / count)
    }
  })
  return { points: Float64Array.from(points), weights: Float64Array.from(out) }
}

describe('evaluateHarmonicDensity', () => {
  it('integrates to 1 and is positive', () => {
    const random = new Random(1)
    const { points, weights } = sphereRule(40)
    const density = evaluateHarmonicDensity({ degree: 4, logits: Float64Array.from({ length: 24 }, () => random.normal()) }, points)
    expect(density.reduce((sum, value, i) => sum + value * weights[i]!, 0)).toBeCloseTo(1, 3)
    expect(Math.min(...density)).toBeGreaterThan(0)
  })

  it('of degree 1 along z is the von Mises-Fisher density kappa exp(kappa z) / (4 pi sinh kappa), kappa = sqrt(3 / 4 pi) c', () => {
    const kappa = 3
    // y_10 = sqrt(3 / 4 pi) z; index l^2 + l + m - 1 = 1
    const logits = new Float64Array([0, kappa / Math.sqrt(3 / (4 * Math.PI)), 0])
    const heights = [-1, -0.4, 0, 0.7, 1]
    const density = evaluateHarmonicDensity({ degree: 1, logits }, Float64Array.from(heights.flatMap((z) => [Math.sqrt(1 - z * z), 0, z])))
    heights.forEach((z, i) => expect(density[i]! / ((kappa * Math.exp(kappa * z)) / (4 * Math.PI * Math.sinh(kappa)))).toBeCloseTo(1, 3))
  })

  it('does not overflow for sharp distributions, and is uniform without logits', () => {
    const sharp = evaluateHarmonicDensity({ degree: 1, logits: new Float64Array([0, 3000, 0]) }, new Float64Array([0, 0, 1, 0, 0, -1]))
    expect(Number.isFinite(sharp[0]!)).toBe(true)
    expect(sharp[1]).toBe(0)
    expect(evaluateHarmonicDensity({ degree: 2, logits: new Float64Array(8) }, new Float64Array([1, 0, 0]))[0]).toBeCloseTo(1 / (4 * Math.PI), 12)
  })
})
