import { expect, it } from 'vitest'
import { bandProjection, steerableBasis } from '#core/basis/steerable.ts'
import { cleanThird } from '#core/moments/simulate-moments.ts'
import { Random } from '#core/random.ts'
import { fastCleanThird } from '#method/moments/clean-third.ts'

it('weighted third-moment sums by matrix products are those of the plain loops', () => {
  const basis = steerableBasis({ boxSize: 15, radius: 7, maxFrequency: 2 })
  const narrow = steerableBasis({ boxSize: 15, radius: 7, maxFrequency: 1.2 })
  const third = { basis: narrow, projection: bandProjection(narrow, basis) }
  const random = new Random(1)
  const count = 300 // more than a batch, and not a multiple of one
  const signals = Float32Array.from({ length: count * basis.length }, () => random.normal())
  const occupancy = Float64Array.from({ length: count }, (_, j) => (j % 7 === 0 ? 0 : random.integer(50)))
  const views = { basis, third, signals, occupancy }
  const expected = cleanThird({ ...views, noiseVariance: 1 })
  const found = fastCleanThird(views)
  expect(found.length).toBe(expected.length)
  for (const part of ['re', 'im'] as const) {
    const scale = Math.max(...expected.map((block) => Math.max(...block[part].map(Math.abs))))
    found.forEach((block, k) => block[part].forEach((value, e) => expect(Math.abs(value - expected[k]![part][e]!)).toBeLessThan(3e-6 * scale)))
  }
})
