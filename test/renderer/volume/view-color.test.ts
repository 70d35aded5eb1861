import { expect, it } from 'vitest'
import { colorsTogether, OTHER_COLORS, ROLE_COLORS } from '../../../src-renderer/component/volume/view-color.ts'

it('gives truth and result their colours, and every other map one of its own', () => {
  const given = OTHER_COLORS[0]
  expect(colorsTogether([{ role: 'result', color: given }, { role: 'truth', color: given }])).toEqual([ROLE_COLORS.result, ROLE_COLORS.truth])
  expect(colorsTogether([{ role: 'other', color: given }, { role: 'other', color: given }, { role: 'other', color: OTHER_COLORS[1] }])).toEqual(OTHER_COLORS.slice(0, 3))
})

it('leaves what somebody chose by hand', () => {
  const chosen = '#123456'
  expect(colorsTogether([{ role: 'truth', color: chosen }, { role: 'other', color: chosen }])).toEqual([chosen, chosen])
})
