import { expect, it } from 'vitest'
import { Random } from '#core/random.ts'
import { binnedSides, binValues } from '#core/volume/bin-values.ts'
import { ENCLOSED_FRACTIONS, levelEnclosing, valueDistribution } from '#core/volume/value-distribution.ts'

it('tells of a thousand known numbers', () => {
  // 0 … 999: mean and deviation by the formulas for consecutive integers.
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i * 619) % 1000)
  const { statistics, histogram, enclosed } = valueDistribution(values, 10)
  expect(statistics).toMatchObject({ minimum: 0, maximum: 999, mean: 499.5 })
  expect(statistics.standardDeviation).toBeCloseTo(Math.sqrt((1000 ** 2 - 1) / 12), 9)
  expect(statistics.rootMeanSquare).toBeCloseTo(Math.sqrt((999 * 1999) / 6), 9)
  expect(histogram).toEqual({ from: 0, to: 999, counts: Array<number>(10).fill(100) })
  for (const { fraction, level } of enclosed.slice(0, -1)) expect(values.filter((value) => value > level)).toHaveLength(Math.round(fraction * 1000))
  expect(enclosed.at(-1)).toEqual({ fraction: 1, level: 0 })
  expect(levelEnclosing(values, 0.01)).toBe(989)
})

it('has fractions that rise', () => {
  expect([...ENCLOSED_FRACTIONS].sort((a, b) => a - b)).toEqual(ENCLOSED_FRACTIONS)
  expect(new Set(ENCLOSED_FRACTIONS).size).toBe(ENCLOSED_FRACTIONS.length)
})

it('counts every value of a constant map', () => {
  const { statistics, histogram } = valueDistribution(new Float32Array(8).fill(3))
  expect(statistics).toEqual({ minimum: 3, maximum: 3, mean: 3, standardDeviation: 0, rootMeanSquare: 3 })
  expect(histogram.counts.reduce((sum, count) => sum + count)).toBe(8)
})

it('bins to the means of blocks, an odd end to those there are', () => {
  const random = new Random(3)
  const [nx, ny, nz] = [5, 4, 3]
  const values = Float32Array.from({ length: nx * ny * nz }, () => random.normal())
  const sides = binnedSides([nx, ny, nz])
  expect(sides).toEqual([3, 2, 2])
  const binned = binValues(values, [nx, ny, nz])
  for (let z = 0, at = 0; z < 2; z++) {
    for (let y = 0; y < 2; y++) {
      for (let x = 0; x < 3; x++, at++) {
        const block: number[] = []
        for (let c = 2 * z; c < Math.min(nz, 2 * z + 2); c++) for (let b = 2 * y; b < Math.min(ny, 2 * y + 2); b++) for (let a = 2 * x; a < Math.min(nx, 2 * x + 2); a++) block.push(values[(c * ny + b) * nx + a]!)
        expect(binned[at]).toBeCloseTo(block.reduce((sum, value) => sum + value) / block.length, 6)
      }
    }
  }
})
