import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromMollweide, toMollweide } from '../../../src-renderer/component/chart/mollweide.ts'

describe('the flat map of the sphere', () => {
  // Bisection of 2 t + sin 2 t = pi sin(latitude) in Python; sin t.
  it.each([
    [90, 1],
    [0, 0],
    [30, 0.404],
    [60, 0.762],
  ])('lies at the height at latitude %d', (latitude, height) => {
    expect(toMollweide({ polar: ((90 - latitude) / 180) * Math.PI, azimuth: 0 }).y).toBeCloseTo(height, 3)
  })

  it('comes back to the direction it was made from', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: Math.PI - 0.01, noNaN: true }), fc.double({ min: 0, max: 6.28, noNaN: true }), (polar, azimuth) => {
        const back = fromMollweide(toMollweide({ polar, azimuth }))
        expect(back).not.toBeNull()
        expect(back!.polar).toBeCloseTo(polar, 8)
        expect(Math.cos(back!.azimuth - azimuth)).toBeCloseTo(1, 8)
      }),
    )
  })

  it('keeps areas: a share of the ellipse is the same share of the sphere', () => {
    let inside = 0
    let cap = 0
    for (let row = 0; row < 400; row++) {
      for (let column = 0; column < 400; column++) {
        const direction = fromMollweide({ x: (column + 0.5) / 200 - 1, y: (row + 0.5) / 200 - 1 })
        if (!direction) continue
        inside++
        if (direction.polar < Math.PI / 3) cap++
      }
    }
    expect(inside / 160_000).toBeCloseTo(Math.PI / 4, 2)
    expect(cap / inside).toBeCloseTo((1 - Math.cos(Math.PI / 3)) / 2, 2)
  })

  it('has nothing outside', () => {
    expect(fromMollweide({ x: 0.9, y: 0.9 })).toBeNull()
    expect(fromMollweide({ x: 0, y: 1.1 })).toBeNull()
  })
})
