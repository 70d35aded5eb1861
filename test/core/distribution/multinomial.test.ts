import { describe, expect, it } from 'vitest'
import { binomialCount, multinomialCounts } from '#core/distribution/multinomial.ts'
import { Random } from '#core/random.ts'

// Pearson's statistic over cells expected at least 10 times, the rest pooled, in standard deviations from its mean.
function excess(counts: ReadonlyMap<number, number>, probability: (k: number) => number, draws: number, highest: number): number {
  let statistic = 0
  let cells = 0
  let [seen, expected] = [0, 0]
  for (let k = 0; k <= highest; k++) {
    const mean = draws * probability(k)
    if (mean < 10) continue
    statistic += ((counts.get(k) ?? 0) - mean) ** 2 / mean
    cells++
    seen += counts.get(k) ?? 0
    expected += mean
  }
  if (draws - expected > 1) statistic += (draws - seen - (draws - expected)) ** 2 / (draws - expected)
  return (statistic - cells) / Math.sqrt(2 * cells)
}

function binomialProbability(n: number, p: number): (k: number) => number {
  const logFactorial = new Float64Array(n + 1)
  for (let k = 1; k <= n; k++) logFactorial[k] = logFactorial[k - 1]! + Math.log(k)
  return (k) => Math.exp(logFactorial[n]! - logFactorial[k]! - logFactorial[n - k]! + k * Math.log(p) + (n - k) * Math.log(1 - p))
}

describe('binomialCount', () => {
  it.each([[10, 0.3], [50, 0.3], [200, 0.02], [1000, 0.9], [4321, 0.0011]])('has the binomial law for %d trials of %d', (n, p) => {
    const random = new Random(3)
    const counts = new Map<number, number>()
    const draws = 20_000
    for (let i = 0; i < draws; i++) {
      const k = binomialCount(n, p, random)
      counts.set(k, (counts.get(k) ?? 0) + 1)
    }
    expect(excess(counts, binomialProbability(n, p), draws, n)).toBeLessThan(5)
  })

  it('keeps mean and variance for a thousand million trials', () => {
    const random = new Random(4)
    const [n, p, draws] = [1e9, 0.0002, 4000]
    let [sum, squares] = [0, 0]
    for (let i = 0; i < draws; i++) {
      const z = (binomialCount(n, p, random) - n * p) / Math.sqrt(n * p * (1 - p))
      sum += z
      squares += z * z
    }
    expect(Math.abs(sum / draws)).toBeLessThan(5 / Math.sqrt(draws))
    expect(Math.abs(squares / draws - 1)).toBeLessThan(5 * Math.sqrt(2 / draws))
  })

  it('is certain at probabilities 0 and 1', () => {
    const random = new Random(5)
    expect(binomialCount(1000, 0, random)).toBe(0)
    expect(binomialCount(1000, 1, random)).toBe(1000)
    expect(binomialCount(0, 0.5, random)).toBe(0)
  })
})

describe('multinomialCounts', () => {
  it('gives every trial a cell, and none to cells without weight', () => {
    const counts = multinomialCounts(5_000_001, [0, 3, 0, 1, 2, 0], new Random(6))
    expect(counts.reduce((a, b) => a + b, 0)).toBe(5_000_001)
    expect([counts[0], counts[2], counts[5]]).toEqual([0, 0, 0])
  })

  it('has variances n p (1 - p) and covariances -n p q', () => {
    const random = new Random(7)
    const weights = [1, 2, 3, 4]
    const [n, draws] = [1000, 4000]
    const products = new Float64Array(16)
    for (let i = 0; i < draws; i++) {
      const d = multinomialCounts(n, weights, random).map((count, k) => count - (n * weights[k]!) / 10)
      for (let a = 0; a < 4; a++) for (let b = 0; b < 4; b++) products[4 * a + b]! += (d[a]! * d[b]!) / draws
    }
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 4; b++) {
        const [p, q] = [weights[a]! / 10, weights[b]! / 10]
        const expected = a === b ? n * p * (1 - p) : -n * p * q
        const spread = n * Math.sqrt((p * (1 - p) * q * (1 - q) + (a === b ? (p * (1 - p)) ** 2 : (p * q) ** 2)) / draws)
        expect(Math.abs(products[4 * a + b]! - expected)).toBeLessThan(5 * spread)
      }
    }
  })

  it('refuses weights that are all zero', () => {
    expect(() => multinomialCounts(3, [0, 0], new Random(1))).toThrow('all zero')
  })
})
