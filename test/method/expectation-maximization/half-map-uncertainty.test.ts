import { describe, expect, it } from 'vitest'
import { Random } from '#core/random.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { expectedFsc, halfMapUncertainty } from '#method/expectation-maximization/half-map-uncertainty.ts'

const size = 24

describe('halfMapUncertainty', () => {
  it('finds the standard deviation of the mean of two maps with independent noise', () => {
    const random = new Random(3)
    const noisy = () => makeVolume(size, 2, Float32Array.from({ length: size ** 3 }, (_, i) => Math.sin(i) + 0.8 * random.normal()))
    const { deviation, shell05 } = halfMapUncertainty([noisy(), noisy()], Float64Array.from({ length: 13 }, (_, i) => Math.max(0, 1 - i / 8)), { radius: 10, band: 10 })
    const mean = deviation.data.reduce((sum, value) => sum + value, 0) / size ** 3
    expect(Math.abs(mean / (0.8 / Math.SQRT2) - 1)).toBeLessThan(0.05)
    expect(deviation.voxelSize).toBe(2)
    expect(shell05.low).toBeLessThan(shell05.high)
  })

  it('holds the half-maps’ correlation and what independent errors would make of it', () => {
    const fsc = Float64Array.of(1, 0.99, 0.8, 0.5, 0.143, 0)
    const ranges = expectedFsc(fsc, { boxSize: size, radius: 10, band: 5 })
    expect(ranges.map(({ shell }) => shell)).toEqual([1, 2, 3, 4, 5])
    for (const { shell, low, median, high } of ranges) {
      const whole = Math.sqrt((2 * fsc[shell]!) / (1 + fsc[shell]!))
      expect(low).toBeLessThanOrEqual(fsc[shell]!)
      expect(high).toBeGreaterThan(whole)
      expect(median).toBeCloseTo(0.5 * (fsc[shell]! + whole), 12)
    }
    // 0.143 between halves is 0.5 with the truth if the halves' errors are independent
    expect(2 * ranges[3]!.median - 0.143).toBeCloseTo(0.5, 2)
  })
})
