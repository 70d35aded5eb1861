import { describe, expect, it } from 'vitest'
import { backgroundOf, fitBackground, normalizeImage } from '#core/image/background.ts'
import { findOutliers } from '#core/image/outliers.ts'
import { Random } from '#core/random.ts'

describe('the background of an image', () => {
  const size = 48
  const background = backgroundOf(size, 18)
  it('is a plane and a deviation, whatever stands in the disc', () => {
    const random = new Random(2)
    const image = Float32Array.from({ length: size * size }, (_, p) => {
      const [x, y] = [(p % size) - 24, Math.floor(p / size) - 24]
      return 3 + 0.02 * x - 0.05 * y + (Math.hypot(x, y) < 17 ? 100 : 0) + 0.5 * random.normal()
    })
    const fit = fitBackground(image, background)
    // Standard errors: 0.5 / sqrt(1288) and 0.5 / (sqrt(1288) 17).
    expect(Math.abs(fit.mean - 3)).toBeLessThan(0.06)
    expect(Math.abs(fit.slopeX - 0.02)).toBeLessThan(0.004)
    expect(Math.abs(fit.slopeY + 0.05)).toBeLessThan(0.004)
    expect(Math.abs(fit.deviation - 0.5)).toBeLessThan(0.04)
    normalizeImage(image, background)
    const after = fitBackground(image, background)
    for (const value of [after.mean, after.slopeX, after.slopeY]) expect(Math.abs(value)).toBeLessThan(1e-6)
    expect(after.deviation).toBeCloseTo(1, 5)
  })

  it('without variation leaves the image alone', () => {
    const image = new Float32Array(size * size).fill(4)
    expect(normalizeImage(image, background).deviation).toBe(0)
    expect(image[0]).toBe(4)
  })
})

describe('findOutliers', () => {
  it('names the images that differ, and why, and no others', () => {
    const random = new Random(9)
    const features = Array.from({ length: 300 }, () => ({ mean: 0.1 * random.normal(), deviation: 1 + 0.05 * random.normal(), extreme: 4 + 0.3 * random.normal(), nonFinite: 0 }))
    expect(findOutliers(features)).toEqual([])
    features[17] = { ...features[17]!, deviation: 3 }
    features[200] = { ...features[200]!, nonFinite: 2 }
    features[201] = { ...features[201]!, deviation: 0 }
    features[202] = { ...features[202]!, extreme: 40 }
    expect(findOutliers(features).map(({ index, reason }) => [index, reason.replace(/\d+\.\d/, 'far')])).toEqual([
      [17, "the variation of its background lies far robust standard deviations from the others'"],
      [200, '2 of its pixels are not finite numbers'],
      [201, 'all of its background has one value'],
      [202, "its most extreme pixel lies far robust standard deviations from the others'"],
    ])
  })
})
