import { describe, expect, it } from 'vitest'
import { rotationFromVector } from '#core/geometry/rotation.ts'
import { vectorFromRotation } from '#core/geometry/rotation-vector.ts'
import { Random } from '#core/random.ts'

describe('vectorFromRotation', () => {
  it('is the inverse of rotationFromVector, next to 0 and to pi too', () => {
    const random = new Random(5)
    for (const angle of [0, 1e-9, 1e-4, 1, 2, 3, Math.PI - 1e-7]) {
      for (let i = 0; i < 20; i++) {
        const vector = random.direction().map((value) => angle * value) as [number, number, number]
        const back = vectorFromRotation(rotationFromVector(...vector))
        vector.forEach((value, k) => expect(Math.abs(back[k]! - value), `angle ${angle}`).toBeLessThan(1e-7))
      }
    }
  })

  it('takes the shorter way for angles above pi', () => {
    const back = vectorFromRotation(rotationFromVector(0, 0, 4))
    expect(back[2]).toBeCloseTo(4 - 2 * Math.PI, 12)
  })
})
