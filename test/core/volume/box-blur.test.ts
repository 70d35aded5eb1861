import { describe, expect, it } from 'vitest'
import { Random } from '#core/random.ts'
import { boxBlur } from '#core/volume/box-blur.ts'

describe('boxBlur', () => {
  it.each([0, 1, 2, 7])('is the mean over the cube, at the rim over what there is: reach %i', (reach) => {
    const size = 6
    const random = new Random(4)
    const data = Float64Array.from({ length: size ** 3 }, () => random.normal())
    const found = boxBlur(data, size, reach)
    const near = (i: number): number[] => Array.from({ length: size }, (_, k) => k).filter((k) => Math.abs(k - i) <= reach)
    for (let z = 0; z < size; z++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const values = near(z).flatMap((c) => near(y).flatMap((b) => near(x).map((a) => data[(c * size + b) * size + a]!)))
          expect(found[(z * size + y) * size + x]).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 5)
        }
      }
    }
  })
})
