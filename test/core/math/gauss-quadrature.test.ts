import { describe, expect, it } from 'vitest'
import { gaussLegendre } from '#core/math/gauss-quadrature.ts'

describe('gaussLegendre', () => {
  it('gives the closed-form rules of 1, 2 and 3 nodes', () => {
    expect([...gaussLegendre(1).nodes]).toEqual([0])
    expect(gaussLegendre(1).weights[0]).toBeCloseTo(2, 14)
    const two = gaussLegendre(2)
    expect(two.nodes[1]).toBeCloseTo(1 / Math.sqrt(3), 15)
    expect(two.nodes[0]).toBeCloseTo(-1 / Math.sqrt(3), 15)
    const three = gaussLegendre(3)
    expect(three.nodes[2]).toBeCloseTo(Math.sqrt(0.6), 15)
    expect(three.weights[1]).toBeCloseTo(8 / 9, 14)
    expect(three.weights[0]).toBeCloseTo(5 / 9, 14)
  })

  it.each([1, 4, 9, 32, 101])('integrates x^d exactly up to degree 2n - 1, n = %i', (count) => {
    const { nodes, weights } = gaussLegendre(count, 0, 1)
    for (const degree of [0, 1, count, 2 * count - 1]) {
      let sum = 0
      for (let i = 0; i < count; i++) sum += weights[i]! * nodes[i]! ** degree
      expect(sum).toBeCloseTo(1 / (degree + 1), 13)
    }
  })

  it('ascends and maps to any interval', () => {
    const { nodes, weights } = gaussLegendre(20, 2, 5)
    for (let i = 1; i < 20; i++) expect(nodes[i]!).toBeGreaterThan(nodes[i - 1]!)
    let sum = 0
    for (let i = 0; i < 20; i++) sum += weights[i]! * Math.exp(nodes[i]!)
    expect(sum / (Math.exp(5) - Math.exp(2))).toBeCloseTo(1, 14)
  })

  it('refuses no nodes', () => {
    expect(() => gaussLegendre(0)).toThrow(/at least 1, found 0/)
  })
})
