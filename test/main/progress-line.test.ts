import { describe, expect, it } from 'vitest'
import type { JobEvent } from '#job/contract.ts'
import { duration, ProgressLine } from '../../src-main/cli/progress-line.ts'

const envelope = { jobId: 'j', sequence: 1, time: 0 }

function show(isTTY: boolean, events: readonly [number, Record<string, unknown>][], quiet = false): string {
  let text = ''
  let now = 0
  const line = new ProgressLine({ stream: { write: (part: string) => (text += part), isTTY, columns: 60 }, quiet, verbose: false, now: () => now })
  for (const [time, event] of events) {
    now = time
    line.show({ ...envelope, ...event } as JobEvent)
  }
  line.clear()
  return text
}

const stage = { type: 'stage', name: 'moments', index: 1, count: 3, weight: 0.5 }

describe('ProgressLine', () => {
  it('redraws one line on a terminal, no wider than it, and clears it', () => {
    const text = show(true, [
      [0, stage],
      [0, { type: 'progress', fraction: 0.5, secondsLeft: 75, message: 'x'.repeat(80) }],
      [50, { type: 'progress', fraction: 0.6 }],
      [200, { type: 'progress', fraction: 0.7 }],
    ])
    expect(text).not.toContain('\n')
    const drawn = text.split('\r\x1b[2K').filter((part) => part !== '')
    expect(drawn).toHaveLength(2)
    expect(drawn[0]).toContain('[############............]  50%  2/3 moments  ETA 1:15')
    expect(Math.max(...drawn.map((part) => part.length))).toBeLessThan(60)
    expect(text.endsWith('\r\x1b[2K')).toBe(true)
  })

  it('writes few plain lines elsewhere', () => {
    const steps = Array.from({ length: 100 }, (_, i): [number, Record<string, unknown>] => [i * 100, { type: 'progress', fraction: i / 100 }])
    const text = show(false, [[0, stage], ...steps])
    expect(text).not.toContain('\x1b')
    const lines = text.trim().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.length).toBeLessThan(13)
    expect(lines[0]).toBe('0%  2/3 moments')
  })

  it('shows warnings even when quiet, and no progress then', () => {
    expect(show(false, [[0, stage], [0, { type: 'progress', fraction: 0.5 }], [1, { type: 'log', level: 'warning', text: 'odd' }], [2, { type: 'log', level: 'info', text: 'fine' }]], true)).toBe('warning: odd\n')
  })
})

it('writes durations as clocks do', () => {
  expect([0, 9.6, 75, 3600, 36061].map(duration)).toEqual(['0:00', '0:10', '1:15', '1:00:00', '10:01:01'])
})
