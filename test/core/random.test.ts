import { describe, expect, it } from 'vitest'
import { Random } from '#core/random.ts'

/** Mean, variance, third and fourth central moment. */
function moments(values: Float64Array): [number, number, number, number] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const central = (k: number): number => values.reduce((sum, x) => sum + (x - mean) ** k, 0) / values.length
  return [mean, central(2), central(3), central(4)]
}

describe('Random', () => {
  const count = 200_000
  // Five standard errors of each moment, from the distribution's own higher moments.
  const near = (value: number, expected: number, variance: number): void => expect(Math.abs(value - expected)).toBeLessThan(5 * Math.sqrt(variance / count))

  it('draws uniform numbers of mean 1/2 and variance 1/12, in 16 equal bins', () => {
    const random = new Random(1)
    const values = Float64Array.from({ length: count }, () => random.uniform())
    const [mean, variance] = moments(values)
    near(mean, 1 / 2, 1 / 12)
    near(variance, 1 / 12, 1 / 180)
    const bins = new Float64Array(16)
    values.forEach((x) => bins[Math.floor(16 * x)]!++)
    const chi2 = bins.reduce((sum, n) => sum + (n - count / 16) ** 2 / (count / 16), 0)
    expect(chi2).toBeLessThan(37.7) // 99.9 % of chi-square with 15 degrees of freedom
  })

  it('draws normal numbers: moments 0, 1, 0, 3', () => {
    const random = new Random(2)
    const [mean, variance, third, fourth] = moments(Float64Array.from({ length: count }, () => random.normal()))
    near(mean, 0, 1)
    near(variance, 1, 2)
    near(third, 0, 15)
    near(fourth, 3, 96)
  })

  it.each([0.3, 1, 4.5, 800])('draws gamma numbers of shape %f: mean and variance equal the shape', (shape) => {
    const random = new Random(3)
    const [mean, variance] = moments(Float64Array.from({ length: count }, () => random.gamma(shape)))
    near(mean, shape, shape)
    near(variance, shape, 2 * shape * shape + 6 * shape)
  })

  it('draws directions evenly: first moment 0, second moment 1/3', () => {
    const random = new Random(4)
    const sums = [0, 0, 0, 0, 0]
    let worst = 0
    for (let i = 0; i < count; i++) {
      const [x, y, z] = random.direction()
      worst = Math.max(worst, Math.abs(x * x + y * y + z * z - 1))
      ;[x, y, z, x * x, x * y].forEach((v, k) => (sums[k]! += v / count))
    }
    expect(worst).toBeLessThan(1e-14)
    ;[0, 0, 0, 1 / 3, 0].forEach((expected, k) => near(sums[k]!, expected, 1 / 3))
  })

  it('gives the same numbers for the same seed, and unrelated ones for another seed or stream', () => {
    const take = (random: Random): Float64Array => Float64Array.from({ length: 20_000 }, () => random.normal())
    const root = new Random(9)
    expect(take(new Random(9))).toEqual(take(new Random(9)))
    expect(take(root.stream('noise'))).toEqual(take(new Random(9).stream('noise')))
    // Deriving a stream does not depend on what was drawn before.
    root.uniform()
    expect(take(root.stream(3))).toEqual(take(new Random(9).stream(3)))
    const streams = [take(new Random(9)), take(new Random(10)), take(root.stream('noise')), take(root.stream('poses')), take(root.stream(0)), take(root.stream(1)), take(root.stream(1).stream(0))]
    streams.forEach((a, i) => streams.slice(0, i).forEach((b) => expect(Math.abs(a.reduce((sum, x, k) => sum + x * b[k]!, 0) / a.length)).toBeLessThan(5 / Math.sqrt(a.length))))
  })
})
