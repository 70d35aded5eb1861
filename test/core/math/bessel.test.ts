import { describe, expect, it } from 'vitest'
import { besselJ } from '#core/math/bessel.ts'

// scipy.special.jv, scipy 1.10 (order, argument, value).
const reference: readonly [number, number, number][] = [
  [0, 1, 0.7651976865579666],
  [1, 0.5, 0.2422684576748739],
  [2, 10, 0.2546303136851205],
  [5, 2.5, 0.01950162513450322],
  [10, 100, -0.05473217693547202],
  [40, 20, 9.902389413744672e-10],
  [60, 61, 0.13976523619361833],
  [90, 120, 0.05063711531704347],
  [3, 1e-9, 2.0833333333333272e-29],
  [150, 30, 1.014971944019525e-87],
]

describe('besselJ', () => {
  it.each(reference)('J_%i(%f) agrees with scipy', (order, x, expected) => {
    const value = besselJ(order + 3, x)[order]!
    expect(Math.abs(value - expected)).toBeLessThan(1e-15 + 1e-12 * Math.abs(expected))
    if (Math.abs(expected) < 1e-6) expect(Math.abs(value / expected - 1)).toBeLessThan(1e-10)
  })

  it('meets the integral (1/pi) int_0^pi cos(m t - x sin t) dt, by the trapezium rule (exact for periodic functions)', () => {
    for (const x of [0, 0.01, 3.7, 25, 88.5]) {
      const values = besselJ(60, x)
      for (const m of [0, 1, 7, 30, 60]) {
        const steps = 400
        let sum = 0
        for (let i = 0; i < steps; i++) sum += Math.cos(m * ((2 * Math.PI * i) / steps) - x * Math.sin((2 * Math.PI * i) / steps)) / steps
        expect(Math.abs(values[m]! - sum)).toBeLessThan(1e-13)
      }
    }
  })

  it('does not depend on how many orders are asked for', () => {
    for (const x of [1e-9, 0.3, 40, 120]) {
      const many = besselJ(120, x)
      besselJ(9, x).forEach((value, m) => expect(Math.abs(value - many[m]!)).toBeLessThan(3e-16 + 1e-13 * Math.abs(value)))
    }
  })
})
