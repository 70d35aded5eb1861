import { expect, it } from 'vitest'
import fc from 'fast-check'
import { orderStatistics } from '#core/math/order-statistics.ts'

const finite = fc.float({ noNaN: true, noDefaultInfinity: true })

it('agrees with sorting, for any finite values and ranks', () => {
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (list, picks) => {
      const values = Float32Array.from(list)
      const sorted = values.toSorted()
      const ranks = picks.map((pick) => pick % values.length)
      // Which zero comes first is no matter.
      expect([...orderStatistics(values, ranks)].map((value) => value + 0)).toEqual(ranks.map((rank) => sorted[rank]! + 0))
    }),
  )
})

it('leaves the values as they are, and reads a part of a buffer', () => {
  const values = Float32Array.from([5, -1, 3, 2, 9, -7]).subarray(1, 5)
  expect([...orderStatistics(values, [0, 3, 1])]).toEqual([-1, 9, 2])
  expect([...values]).toEqual([-1, 3, 2, 9])
})

it('refuses ranks there are not', () => {
  for (const rank of [-1, 3, 0.5]) expect(() => orderStatistics(new Float32Array(3), [rank])).toThrow(/expected 0 to 2/)
})
