import { describe, expect, it } from 'vitest'
import { besselI0, kaiserBesselWindow, windowTransform, windowValue } from '#core/math/kaiser-bessel.ts'

describe('Kaiser-Bessel window', () => {
  it('uses I0 = (1/pi) integral of exp(x cos t)', () => {
    for (const x of [0, 0.5, 3, 9, 14, 30]) {
      // The trapezium rule converges geometrically for a smooth periodic function.
      const count = 400
      let sum = 0
      for (let i = 0; i < count; i++) sum += Math.exp(x * Math.cos((2 * Math.PI * i) / count)) / count
      expect(besselI0(x) / sum).toBeCloseTo(1, 12)
    }
  })

  it.each([4, 6])('of width %i has the transform it states', (width) => {
    const window = kaiserBesselWindow(width)
    for (const f of [0, 0.1, 0.25, 0.6, 1.2]) {
      let sum = 0
      const steps = 20_000
      for (let i = 0; i < steps; i++) {
        const u = -width / 2 + (width * (i + 0.5)) / steps
        sum += windowValue(window, u) * Math.cos(2 * Math.PI * f * u) * (width / steps)
      }
      expect(windowTransform(window, f)).toBeCloseTo(sum, 7)
    }
    expect(windowValue(window, 0)).toBe(1)
    expect(windowValue(window, width / 2 + 1e-9)).toBe(0)
  })
})
