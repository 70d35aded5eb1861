import { describe, expect, it } from 'vitest'
import { steerableBasis } from '#core/basis/steerable.ts'
import { emptySums } from '#core/moments/moment-sums.ts'
import { estimateParticleRadius } from '#core/moments/particle-radius.ts'

const boxSize = 41

/** Expected pixel sums of N images whose signal power is `power(r)` per pixel, with noise of variance 1. */
function sumsOf(imageCount: number, power: (r: number) => number): ReturnType<typeof emptySums> {
  const sums = emptySums(steerableBasis({ boxSize, radius: 5, maxFrequency: 1 }), undefined)
  sums.imageCount = imageCount
  for (let y = 0; y < boxSize; y++) for (let x = 0; x < boxSize; x++) sums.pixelPower[y * boxSize + x] = imageCount * (1 + power(Math.hypot(x - 20, y - 20)))
  return sums
}

describe('estimateParticleRadius', () => {
  it.each([6, 9, 13])('finds a disc of even power and radius %i, with the rim it adds', (radius) => {
    const found = estimateParticleRadius(sumsOf(10_000, (r) => (r <= radius ? 0.2 : 0)), { boxSize, noiseVariance: 1, limit: 20 })
    // 98 % of the disc's area lies within sqrt(0.98) R, one ring of a pixel more or less; then 1.1 r + 2.
    expect(found.reliable).toBe(true)
    expect(found.radius).toBeGreaterThanOrEqual(Math.ceil(1.1 * (0.99 * radius - 0.5) + 2))
    expect(found.radius).toBeLessThanOrEqual(Math.ceil(1.1 * (radius + 1) + 2))
  })

  it('does not go beyond the limit, and says so when the power does not stand out of the noise', () => {
    expect(estimateParticleRadius(sumsOf(10_000, (r) => (r <= 19 ? 1 : 0)), { boxSize, noiseVariance: 1, limit: 20 })).toEqual({ radius: 20, reliable: true })
    expect(estimateParticleRadius(sumsOf(100, (r) => (r <= 6 ? 1e-3 : 0)), { boxSize, noiseVariance: 1, limit: 20 })).toEqual({ radius: 20, reliable: false })
    expect(estimateParticleRadius(sumsOf(100, () => 0), { boxSize, noiseVariance: 1.1, limit: 18 })).toEqual({ radius: 18, reliable: false })
  })
})
