import { describe, expect, it } from 'vitest'
import { addWhiteNoise, sigmaFromSnr, signalEnergy, snrFromSigma } from '#core/image/noise.ts'
import { Random } from '#core/random.ts'

describe('noise', () => {
  it('is white, of the variance asked for', () => {
    const count = 100_000
    const values = new Float32Array(count).fill(2)
    addWhiteNoise(values, 0.5, new Random(1))
    const mean = values.reduce((a, b) => a + b, 0) / count
    let variance = 0
    let neighbours = 0
    for (let i = 0; i < count; i++) {
      variance += (values[i]! - 2) ** 2 / count
      if (i > 0) neighbours += ((values[i]! - 2) * (values[i - 1]! - 2)) / count
    }
    expect(Math.abs(mean - 2)).toBeLessThan(2.5 / Math.sqrt(count))
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
    expect(Math.abs(neighbours)).toBeLessThan((5 * 0.25) / Math.sqrt(count))
    const untouched = Float32Array.of(1, 2)
    addWhiteNoise(untouched, 0, new Random(1))
    expect(Array.from(untouched)).toEqual([1, 2])
  })

  it('relates sigma and SNR as E|I|^2 / (n^2 sigma^2)', () => {
    expect(signalEnergy([3, 4])).toBe(25)
    expect(snrFromSigma(25, 10, 0.5)).toBe(1)
    expect(sigmaFromSnr(25, 10, 1)).toBe(0.5)
    expect(snrFromSigma(25, 10, 0)).toBe(Infinity)
  })
})
