import { expect, it } from 'vitest'
import { lowPass } from '#core/volume/low-pass.ts'
import { makeVolume } from '#core/volume/volume.ts'

it('keeps a slow wave, removes a fast one, and halves one at the edge', () => {
  const size = 24
  const wave = (h: number) => makeVolume(size, 1, Float32Array.from({ length: size ** 3 }, (_, i) => Math.cos((2 * Math.PI * h * (i % size)) / size)))
  for (const [h, gain] of [[2, 1], [6, 0.5], [9, 0]] as const) {
    const [before, after] = [wave(h), lowPass(wave(h), 6)]
    for (const i of [0, 1, 100]) expect(after.data[i]).toBeCloseTo(gain * before.data[i]!, 6)
  }
})
