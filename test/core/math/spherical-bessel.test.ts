import { describe, expect, it } from 'vitest'
import { sphericalBesselJ, sphericalBesselZeros } from '#core/math/spherical-bessel.ts'

// scipy.special.spherical_jn, scipy 1.10 (degree, argument, value).
const reference: readonly [number, number, number][] = [
  [0, 1, 0.8414709848078965],
  [1, 0.3, 0.09910288804064196],
  [2, 4.5, 0.21627586087284992],
  [5, 2.5, 0.00735763873776894],
  [10, 100, -0.00019565785971342882],
  [30, 12, 4.1591593126762434e-11],
  [40, 41, 0.028791000711595308],
  [64, 70, 0.0182776260919401],
  [3, 1e-4, 9.523809518518488e-15],
  [20, 20, 0.03832485163980552],
]

describe('sphericalBesselJ', () => {
  it.each(reference)('j_%i(%f) agrees with scipy', (degree, x, expected) => {
    for (const most of [degree, degree + 7]) expect(Math.abs(sphericalBesselJ(most, x)[degree]! / expected - 1)).toBeLessThan(2e-11)
  })

  it('has the closed form of degree 2: (3/x^3 - 1/x) sin x - 3 cos x / x^2', () => {
    for (const x of [0.5, 2, 3.0001, 17, 80]) expect(sphericalBesselJ(2, x)[2]).toBeCloseTo((3 / x ** 3 - 1 / x) * Math.sin(x) - (3 * Math.cos(x)) / x ** 2, 13)
  })

  it('is right at and next to zero', () => {
    expect([...sphericalBesselJ(3, 0)]).toEqual([1, 0, 0, 0])
    expect(sphericalBesselJ(1, 3e-7)[1]! / 1e-7).toBeCloseTo(1, 12)
  })
})

describe('sphericalBesselZeros', () => {
  const zeros = sphericalBesselZeros(40, 90)

  it('contains the tabulated zeros', () => {
    // scipy brentq on spherical_jn
    expect(zeros[1]![0]).toBeCloseTo(4.493409457909063, 12)
    expect(zeros[2]![0]).toBeCloseTo(5.76345919689455, 12)
    expect(zeros[2]![1]).toBeCloseTo(9.095011330476355, 12)
    expect(zeros[10]![0]).toBeCloseTo(15.03346930374344, 12)
    zeros[0]!.forEach((zero, s) => expect(zero).toBeCloseTo((s + 1) * Math.PI, 12))
  })

  it('are zeros, interlace from degree to degree, and none is missing up to the limit', () => {
    zeros.forEach((list, l) => {
      list.forEach((zero, s) => {
        expect(Math.abs(sphericalBesselJ(l, zero)[l]!)).toBeLessThan(1e-13)
        expect(zero).toBeLessThanOrEqual(90)
        if (l > 0 && s + 1 < zeros[l - 1]!.length) {
          expect(zero).toBeGreaterThan(zeros[l - 1]![s]!)
          expect(zero).toBeLessThan(zeros[l - 1]![s + 1]!)
        }
      })
      // Sign changes on a fine grid, counted independently.
      let changes = 0
      let before = 1
      for (let x = 0.02; x <= 90; x += 0.02) {
        const sign = Math.sign(sphericalBesselJ(l, x)[l]!)
        if (sign !== 0 && sign !== before) changes++
        if (sign !== 0) before = sign
      }
      expect(Math.abs(changes - list.length)).toBeLessThanOrEqual(list.some((zero) => zero > 89.97) ? 1 : 0)
    })
  })
})
