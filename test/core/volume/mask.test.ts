import { describe, expect, it } from 'vitest'
import { applyMask, sphericalMask } from '#core/volume/mask.ts'
import { makeVolume } from '#core/volume/volume.ts'

describe('sphericalMask', () => {
  it.each([16, 17])('is centred at floor(n/2), 1 inside, half in the middle of the edge, 0 outside; box %i', (size) => {
    const mask = sphericalMask(size, 3, 4)
    const c = Math.floor(size / 2)
    const at = (x: number, y = 0, z = 0): number => mask[((c + z) * size + c + y) * size + c + x]!
    expect([at(0), at(3), at(0, -3), at(0, 0, 3)]).toEqual([1, 1, 1, 1])
    expect(at(5)).toBeCloseTo(0.5, 6)
    expect(at(4)).toBeCloseTo(0.5 * (1 + Math.SQRT1_2), 6)
    expect(at(-5)).toBe(at(0, 5))
    expect(at(7)).toBe(0)
  })

  it('has nearly the volume of the ball with half its edge', () => {
    const sum = sphericalMask(48, 14, 6).reduce((s, v) => s + v, 0)
    // integral of 4 pi r^2 times the profile, by fine steps
    let volume = 0
    for (let r = 0.005; r < 20; r += 0.01) volume += 0.01 * 4 * Math.PI * r * r * (r < 14 ? 1 : 0.5 * (1 + Math.cos((Math.PI * (r - 14)) / 6)))
    expect(sum / volume).toBeCloseTo(1, 2)
  })

  it('multiplies a volume, and refuses another shape', () => {
    const volume = makeVolume(8, 1, new Float32Array(512).fill(2))
    expect(applyMask(volume, sphericalMask(8, 2, 0)).data[(4 * 8 + 4) * 8 + 4]).toBe(2)
    expect(() => applyMask(volume, sphericalMask(6, 2, 0))).toThrow(/216/)
  })
})
