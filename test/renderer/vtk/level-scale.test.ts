import { describe, expect, it } from 'vitest'
import { fractionOfLevel, levelOfFraction, levelOfSigma, proteinMass, sigmaOfLevel, type LevelScale } from '../../../src-renderer/vtk/level-scale.ts'

// Values 0, 1, … 999: everything about them is known.
const uniform: LevelScale = {
  statistics: { minimum: 0, maximum: 999, mean: 499.5, standardDeviation: Math.sqrt((1000 ** 2 - 1) / 12) },
  enclosed: [0.001, 0.01, 0.1, 0.5, 0.9, 1].map((fraction) => ({ fraction, level: 999 - 1000 * fraction })),
}

describe('levels', () => {
  it('converts to standard deviations and back', () => {
    expect(sigmaOfLevel(uniform, 499.5)).toBe(0)
    expect(sigmaOfLevel(uniform, 499.5 + 2 * uniform.statistics.standardDeviation)).toBeCloseTo(2, 12)
    expect(levelOfSigma(uniform, sigmaOfLevel(uniform, 731))).toBeCloseTo(731, 9)
    expect(sigmaOfLevel({ ...uniform, statistics: { ...uniform.statistics, standardDeviation: 0 } }, 5)).toBe(0)
  })

  it('converts to enclosed fractions and back, between the points and at the ends', () => {
    expect(fractionOfLevel(uniform, 989)).toBeCloseTo(0.01, 12)
    expect(fractionOfLevel(uniform, 699)).toBeCloseTo(0.3, 12)
    expect(levelOfFraction(uniform, 0.3)).toBeCloseTo(699, 9)
    for (const level of [3, 250, 640.5, 900, 998.5]) expect(levelOfFraction(uniform, fractionOfLevel(uniform, level))).toBeCloseTo(level, 6)
    expect(fractionOfLevel(uniform, 5000)).toBe(0)
    expect(fractionOfLevel(uniform, -5000)).toBe(1)
    expect(levelOfFraction(uniform, 2)).toBe(levelOfFraction(uniform, 1))
  })

  it('holds where many voxels share one value and where the table is empty', () => {
    const masked: LevelScale = { statistics: { minimum: 0, maximum: 10, mean: 1, standardDeviation: 2 }, enclosed: [{ fraction: 0.01, level: 5 }, { fraction: 0.4, level: 0 }, { fraction: 0.9, level: 0 }] }
    expect(levelOfFraction(masked, 0.6)).toBe(0)
    expect(fractionOfLevel(masked, 2.5)).toBeCloseTo(0.205, 12)
    const bare: LevelScale = { statistics: { minimum: 0, maximum: 8, mean: 4, standardDeviation: 1 }, enclosed: [] }
    expect(levelOfFraction(bare, 0.25)).toBe(6)
  })

  it('weighs protein: 1 MDa fills 1.21e6 cubic Angstrom', () => {
    expect(proteinMass(1.21e6)).toBeCloseTo(1000, 9)
  })
})
