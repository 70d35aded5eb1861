import { describe, expect, it } from 'vitest'
import { evaluateVolume, fourierProfiles, sphericalBesselBasis, transferCoefficients } from '#core/basis/spherical-bessel.ts'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import { gaussLegendre } from '#core/math/gauss-quadrature.ts'
import { sphericalBesselJ } from '#core/math/spherical-bessel.ts'
import { Random } from '#core/random.ts'

const basis = sphericalBesselBasis({ degree: 6, radius: 7.5, maxFrequency: 2.2 })

/** c_ls j_l(u r / R), with c from the normalisation integral by quadrature: independent of the closed form. */
function radial(l: number, s: number): (r: number) => number {
  const u = basis.zeros[l]![s]!
  const { nodes, weights } = gaussLegendre(120, 0, basis.radius)
  const raw = (r: number): number => sphericalBesselJ(l, (u * r) / basis.radius)[l]!
  const norm = nodes.reduce((sum, r, i) => sum + weights[i]! * raw(r) ** 2 * r * r, 0)
  return (r) => raw(r) / Math.sqrt(norm)
}

describe('sphericalBesselBasis', () => {
  it('has a function for every zero up to the band limit, laid out degree by degree', () => {
    expect(basis.length).toBe(basis.counts.reduce((sum, count, l) => sum + (2 * l + 1) * count, 0))
    basis.zeros.forEach((zeros, l) => {
      expect(zeros.length).toBe(basis.counts[l])
      zeros.forEach((u) => expect(u).toBeLessThanOrEqual(2.2 * 7.5))
      expect(basis.offsets[l]).toBe(basis.counts.slice(0, l).reduce((sum, count, k) => sum + (2 * k + 1) * count, 0))
    })
    expect(() => sphericalBesselBasis({ degree: -1, radius: 3, maxFrequency: 1 })).toThrow('a ball basis needs degree >= 0')
  })

  it('has Fourier profiles 4 pi int f_ls(r) j_l(kappa r) r^2 dr, also at kappa = u / R', () => {
    const frequencies = Float64Array.from([0, 0.3, 1.1, 2.05, basis.zeros[2]![1]! / basis.radius, basis.zeros[2]![1]! / basis.radius + 1e-9, 2.8])
    const profiles = fourierProfiles(basis, frequencies)
    const { nodes, weights } = gaussLegendre(120, 0, basis.radius)
    for (const [l, s] of [[0, 0], [0, 3], [1, 1], [2, 1], [6, 0]] as const) {
      const f = radial(l, s)
      frequencies.forEach((kappa, i) => {
        const integral = 4 * Math.PI * nodes.reduce((sum, r, k) => sum + weights[k]! * f(r) * sphericalBesselJ(l, kappa * r)[l]! * r * r, 0)
        expect(Math.abs(profiles[l]![s * frequencies.length + i]! - integral)).toBeLessThan(3e-7)
      })
    }
  })

  it('evaluates to sum x_lmus f_ls(r) y_lmu on the grid, zero outside the ball', () => {
    const random = new Random(2)
    const coefficients = Float64Array.from({ length: basis.length }, () => random.normal())
    for (const size of [17, 18]) {
      const volume = evaluateVolume(basis, coefficients, size)
      const centre = Math.floor(size / 2)
      for (const [x, y, z] of [[0, 0, 0], [1, -2, 3], [-5, 5, 1], [7, 2, 1], [7, 3, 1], [-8, 0, 0], [0, 0, -4]] as const) {
        const r = Math.hypot(x, y, z)
        let sum = 0
        if (r <= basis.radius) {
          const harmonics = realSphericalHarmonics(6, r ? x / r : 0, r ? y / r : 0, r ? z / r : 1)
          basis.counts.forEach((count, l) => {
            for (let s = 0; s < count; s++) {
              const f = radial(l, s)(r)
              for (let k = 0; k < 2 * l + 1; k++) sum += coefficients[basis.offsets[l]! + k * count + s]! * f * harmonics[l * l + k]!
            }
          })
        }
        expect(volume[((z + centre) * size + y + centre) * size + x + centre]).toBeCloseTo(sum, 5)
      }
    }
  })

  it('is orthonormal: sums over a fine grid of products of two functions are the identity', () => {
    // The grid of an enlarged copy (R = 30): one voxel is then a fine step; the rim's j_l = 0 keeps the error small.
    const fine = sphericalBesselBasis({ degree: 2, radius: 15, maxFrequency: 0.7 })
    const one = (index: number): Float32Array => evaluateVolume(fine, Float64Array.from({ length: fine.length }, (_, i) => (i === index ? 1 : 0)), 33)
    const chosen = [0, 1, fine.offsets[1]!, fine.offsets[1]! + fine.counts[1]!, fine.offsets[2]! + 1].map(one)
    chosen.forEach((a, i) => chosen.forEach((b, j) => expect(a.reduce((sum, v, k) => sum + v * b[k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 1.9)))
  })
})

describe('transferCoefficients', () => {
  it('keeps the volume when the basis grows, and the shared functions when it shrinks', () => {
    const larger = sphericalBesselBasis({ degree: 8, radius: 7.5, maxFrequency: 2.9 })
    const random = new Random(3)
    const coefficients = Float64Array.from({ length: basis.length }, () => random.normal())
    const grown = transferCoefficients(basis, larger, coefficients)
    expect([...transferCoefficients(larger, basis, grown)]).toEqual([...coefficients])
    const before = evaluateVolume(basis, coefficients, 15)
    const after = evaluateVolume(larger, grown, 15)
    before.forEach((value, i) => expect(after[i]).toBeCloseTo(value, 5))
    expect(() => transferCoefficients(basis, sphericalBesselBasis({ degree: 2, radius: 7, maxFrequency: 2 }), coefficients)).toThrow('bases of different radius: 7.5 and 7')
  })
})
