import { describe, expect, it } from 'vitest'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'

describe('fibonacciSphere', () => {
  it('lies on the sphere', () => {
    const points = fibonacciSphere(57)
    for (let i = 0; i < 57; i++) expect(Math.hypot(points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!)).toBeCloseTo(1, 14)
  })

  it('averages spherical harmonics of low degree to nearly zero', () => {
    const points = fibonacciSphere(1000)
    const mean = new Float64Array(11 ** 2)
    for (let i = 0; i < 1000; i++) realSphericalHarmonics(10, points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!).forEach((v, j) => (mean[j]! += v / 1000))
    for (let j = 1; j < mean.length; j++) expect(Math.abs(mean[j]!)).toBeLessThan(1e-3)
  })

  it('keeps its points apart', () => {
    const points = fibonacciSphere(200)
    let nearest = Infinity
    for (let i = 0; i < 200; i++) for (let j = 0; j < i; j++) nearest = Math.min(nearest, Math.hypot(points[3 * i]! - points[3 * j]!, points[3 * i + 1]! - points[3 * j + 1]!, points[3 * i + 2]! - points[3 * j + 2]!))
    expect(nearest).toBeGreaterThan(0.75 * Math.sqrt((4 * Math.PI) / 200))
  })
})
