import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matrixText, rotationAxis } from '../../../src-renderer/component/result/rotation-text.ts'
import { lookAt } from '../../../src-renderer/component/result/maps-to-look-at.ts'
import { rotateVector, rotationFromVector } from '#core/geometry/rotation.ts'

it('finds the axis, which the rotation leaves where it is', () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0.1, max: 1, noNaN: true }), fc.double({ min: 0.01, max: Math.PI - 0.01, noNaN: true }), (x, y, z, angle) => {
      const size = Math.hypot(x, y, z)
      const axis = rotationAxis([...rotationFromVector((x / size) * angle, (y / size) * angle, (z / size) * angle)])!
      expect(axis[0]).toBeCloseTo(x / size, 6)
      expect(axis[1]).toBeCloseTo(y / size, 6)
      expect(axis[2]).toBeCloseTo(z / size, 6)
    }),
  )
})

it('finds it at half a turn, and none where nothing turns', () => {
  const half = [...rotationFromVector(0, (Math.PI * 3) / 5, (Math.PI * 4) / 5)]
  const axis = rotationAxis(half)!
  expect(rotateVector(half, axis).map((value, index) => Math.abs(value - axis[index]!) < 1e-6)).toEqual([true, true, true])
  expect(Math.abs(axis[1])).toBeCloseTo(0.6, 6)
  expect(rotationAxis([1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeNull()
})

it('writes a matrix in three lines', () => {
  expect(matrixText([0, -1, 0, 1, 0, 0, 0, 0, 1])).toBe(' 0.00000  −1.00000   0.00000\n 1.00000   0.00000   0.00000\n 0.00000   0.00000   1.00000')
})

it('looks at the aligned map over the truth, else at the best one', () => {
  const maps = [{ role: 'volume', title: 'Best', path: 'a' }, { role: 'aligned', title: 'Aligned', path: 'b' }]
  const alignment = { rotation: [], rotationDegrees: 0, shift: [], mirrored: false, correlation: 1, correlationOtherHand: 0, after: 'b', truth: 'folder/t.mrc' }
  expect(lookAt({ maps })).toEqual([{ path: 'a', title: 'Best', role: 'result' }])
  expect(lookAt({ maps, alignment })).toEqual([{ path: 'b', title: 'Aligned', role: 'result' }, { path: 'folder/t.mrc', title: 't.mrc', role: 'truth' }])
  expect(lookAt({ maps: [] })).toEqual([])
})
