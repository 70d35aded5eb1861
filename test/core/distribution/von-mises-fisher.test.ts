import { describe, expect, it } from 'vitest'
import { mixtureDensity, randomMixture, sampleDirection, uniformMixture, type VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { Random } from '#core/random.ts'

/** Integral over the sphere: midpoint rule in z (fine) times the trapezium rule in azimuth (exact for smooth periodic). */
function integrate(f: (x: number, y: number, z: number) => number, rings = 600, perRing = 64): number {
  let sum = 0
  for (let i = 0; i < rings; i++) {
    const z = -1 + (2 * (i + 0.5)) / rings
    const s = Math.sqrt(1 - z * z)
    for (let j = 0; j < perRing; j++) {
      const angle = (2 * Math.PI * j) / perRing
      sum += f(s * Math.cos(angle), s * Math.sin(angle), z)
    }
  }
  return (sum * 4 * Math.PI) / (rings * perRing)
}

function single(mean: readonly number[], kappa: number): VonMisesFisherMixture {
  return { means: Float64Array.from(mean), concentrations: Float64Array.of(kappa), weights: Float64Array.of(1) }
}

describe('von Mises-Fisher mixture', () => {
  it.each([0, 1e-9, 0.3, 4, 16, 40])('integrates to 1 at kappa %f', (kappa) => {
    const mixture = single([0.6, 0, 0.8], kappa)
    expect(integrate((x, y, z) => mixtureDensity(mixture, x, y, z))).toBeCloseTo(1, 4)
  })

  it('integrates to 1 for a random mixture, whose parameters are as announced', () => {
    const mixture = randomMixture(new Random(3))
    expect(mixture.weights.length).toBe(8)
    expect(mixture.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(Math.min(...mixture.concentrations)).toBeGreaterThanOrEqual(4)
    expect(Math.max(...mixture.concentrations)).toBeLessThanOrEqual(16)
    for (let i = 0; i < 8; i++) expect(Math.hypot(...mixture.means.slice(3 * i, 3 * i + 3))).toBeCloseTo(1, 12)
    expect(integrate((x, y, z) => mixtureDensity(mixture, x, y, z))).toBeCloseTo(1, 5)
  })

  it('is 1 / 4 pi when uniform and finite at a very large kappa', () => {
    expect(mixtureDensity(uniformMixture(), 0, 1, 0)).toBeCloseTo(1 / (4 * Math.PI), 14)
    // The peak is kappa / 2 pi there.
    expect(mixtureDensity(single([0, 0, 1], 1e6), 0, 0, 1) / (1e6 / (2 * Math.PI))).toBeCloseTo(1, 12)
    expect(mixtureDensity(single([0, 0, 1], 1e6), 0, 0, -1)).toBe(0)
  })

  it.each([[0, 0, 1], [0, 0, -1], [0.48, -0.6, 0.64]])('samples with mean resultant coth kappa - 1 / kappa around (%f, %f, %f)', (...mean) => {
    for (const kappa of [0.5, 5, 30, 500]) {
      const random = new Random(11)
      const count = 20000
      const sum = [0, 0, 0]
      for (let i = 0; i < count; i++) sampleDirection(single(mean, kappa), random).forEach((v, axis) => (sum[axis]! += v / count))
      const wanted = 1 / Math.tanh(kappa) - 1 / kappa
      // Each coordinate of a unit vector has standard deviation below 1: six standard errors.
      mean.forEach((m, axis) => expect(Math.abs(sum[axis]! - wanted * m)).toBeLessThan(6 / Math.sqrt(count)))
      const radial = sum[0]! * mean[0]! + sum[1]! * mean[1]! + sum[2]! * mean[2]!
      // Variance of the cosine is 1 - A^2 - 2 A / kappa.
      expect(Math.abs(radial - wanted)).toBeLessThan(6 * Math.sqrt((1 - wanted ** 2 - (2 * wanted) / kappa) / count))
    }
  })

  it('samples unit vectors, uniform at kappa 0, and components by their weights', () => {
    const random = new Random(2)
    const count = 20000
    let second = 0
    for (let i = 0; i < count; i++) {
      const [x, y, z] = sampleDirection(uniformMixture(), random)
      expect(Math.hypot(x, y, z)).toBeCloseTo(1, 12)
      second += (z * z) / count
    }
    expect(Math.abs(second - 1 / 3)).toBeLessThan(6 * Math.sqrt(4 / 45 / count))
    const pair = { means: Float64Array.of(0, 0, 1, 0, 0, -1), concentrations: Float64Array.of(1000, 1000), weights: Float64Array.of(0.25, 0.75) }
    let up = 0
    for (let i = 0; i < count; i++) if (sampleDirection(pair, random)[2] > 0) up++
    expect(Math.abs(up / count - 0.25)).toBeLessThan(6 * Math.sqrt(0.1875 / count))
  })
})
