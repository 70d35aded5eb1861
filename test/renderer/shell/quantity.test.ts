import { expect, it } from 'vitest'
import { agoText, bytesText, valueText } from '../../../src-renderer/text/english/quantity.ts'

it('writes amounts as people read them', () => {
  expect([0, 999, 1000, 8_400_000, 999_950_000, 67_108_864, 1.5e12].map(bytesText)).toEqual(['0 B', '999 B', '1.0 kB', '8.4 MB', '1.0 GB', '67.1 MB', '1.5 TB'])
  expect([0, 0.0123456, 1234567, -0.5, 0.00012].map(valueText)).toEqual(['0', '0.01235', '1.235e+6', '-0.5', '1.200e-4'])
})

it('says how long ago something was', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const ago = (time: string): string => agoText(time, now)
  expect(['2026-11-20T11:59:50Z', '2026-11-20T11:59:00Z', '2026-11-20T11:30:00Z', '2026-11-20T09:00:00Z', '2026-11-18T12:00:00Z', '2026-08-20T12:00:00Z', '2024-11-20T12:00:00Z'].map(ago)).toEqual(['just now', '1 minute ago', '30 minutes ago', '3 hours ago', '2 days ago', '3 months ago', '2 years ago'])
  expect(ago('never')).toBe('')
})
