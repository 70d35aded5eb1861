import { describe, expect, it } from 'vitest'
import { quantile } from '#core/math/quantile.ts'
import { Random } from '#core/random.ts'

describe('quantile', () => {
  it('is numpy\'s "weibull": closed form on 1 .. 20', () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => 20 - i)
    const expected = [[0, 1], [0.05, 1.05], [0.5, 10.5], [0.95, 19.95], [1, 20]] as const
    for (const [fraction, value] of expected) expect(quantile(values, fraction)).toBeCloseTo(value, 12)
    expect(quantile([3], 0.2)).toBe(3)
  })

  it('has one more draw of the same law between 1/21 and 20/21 in 19 of 21 cases', () => {
    const random = new Random(1)
    let inside = 0
    const trials = 20_000
    for (let trial = 0; trial < trials; trial++) {
      const values = Float64Array.from({ length: 20 }, () => random.gamma(0.7))
      const next = random.gamma(0.7)
      if (next >= quantile(values, 1 / 21) && next <= quantile(values, 20 / 21)) inside++
    }
    expect(Math.abs(inside / trials - 19 / 21)).toBeLessThan(4 * Math.sqrt(0.09 / trials))
  })
})
