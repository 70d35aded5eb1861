import { describe, expect, it } from 'vitest'
import { sphericalBesselBasis, evaluateVolume } from '#core/basis/spherical-bessel.ts'
import { symmetryMask } from '#core/basis/symmetry-mask.ts'
import { multiplyRotations, rotateVector } from '#core/geometry/rotation.ts'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import { symmetricCoefficients, symmetryOperations } from '#core/geometry/symmetry.ts'
import { Random } from '#core/random.ts'

const NAMES = ['C1', 'C2', 'C3', 'C4', 'C7', 'D2', 'D3', 'D4', 'D7']

describe('point groups', () => {
  it.each(NAMES)('%s is a group of distinct rotations', (name) => {
    const operations = symmetryOperations(name)
    expect(operations).toHaveLength(Number(name.slice(1)) * (name.startsWith('D') ? 2 : 1))
    const place = (rotation: ArrayLike<number>): number => operations.findIndex((other) => other.every((value, i) => Math.abs(value - rotation[i]!) < 1e-12))
    for (const a of operations) {
      expect(multiplyRotations(a, a).length).toBe(9)
      expect(new Set(operations.map((b) => place(multiplyRotations(a, b))))).toEqual(new Set(operations.keys()))
    }
  })

  it('has the two-fold of Dn about x, as RELION', () => {
    expect(symmetryOperations('D3').some((r) => [1, 0, 0, 0, -1, 0, 0, 0, -1].every((value, i) => Math.abs(value - r[i]!) < 1e-12))).toBe(true)
  })

  it.each(NAMES)('averaging over %s keeps exactly the harmonics of the mask', (name) => {
    const degree = 9
    const operations = symmetryOperations(name)
    const kept = symmetricCoefficients(degree, name)
    const random = new Random(1)
    for (let trial = 0; trial < 4; trial++) {
      const at = random.direction()
      const here = realSphericalHarmonics(degree, ...at)
      const mean = new Float64Array(here.length)
      for (const operation of operations) {
        const [x, y, z] = rotateVector(operation, at)
        realSphericalHarmonics(degree, x, y, z).forEach((value, i) => (mean[i]! += value / operations.length))
      }
      mean.forEach((value, i) => expect(value).toBeCloseTo(kept[i]! ? here[i]! : 0, 10))
    }
  })

  it.each([
    ['C4', (x: number, y: number, z: number) => [-y, x, z] as const],
    ['D2', (x: number, y: number, z: number) => [x, -y, -z] as const],
  ])('a volume of masked coefficients is invariant under %s', (name, turn) => {
    const basis = sphericalBesselBasis({ degree: 6, radius: 6, maxFrequency: 1.4 })
    const mask = symmetryMask(basis, name)
    const random = new Random(2)
    const all = Float64Array.from({ length: basis.length }, () => random.normal())
    const size = 15
    const turned = (coefficients: Float64Array): number => {
      const volume = evaluateVolume(basis, coefficients, size)
      const value = (x: number, y: number, z: number): number => volume[((z + 7) * size + y + 7) * size + x + 7]!
      let most = 0
      for (let z = -7; z <= 7; z++) for (let y = -7; y <= 7; y++) for (let x = -7; x <= 7; x++) most = Math.max(most, Math.abs(value(x, y, z) - value(...turn(x, y, z))))
      return most / Math.max(...volume)
    }
    expect(turned(all.map((value, i) => value * mask[i]!))).toBeLessThan(1e-6)
    expect(turned(all)).toBeGreaterThan(0.1)
  })

  it.each(['C0', 'C13', 'D1', 'T', 'x', '', 'C2.5'])('refuses "%s" in one sentence', (name) => {
    expect(() => symmetryOperations(name)).toThrow(`the symmetry is "${name}", expected C1 to C12 or D2 to D12`)
  })
})
