import { describe, expect, it } from 'vitest'
import { durationText, momentText, secondsBetween, timeLeft } from '../../../src-renderer/component/job/duration-text.ts'
import { filterJobs, NEWEST_FIRST, nextOrder, sortJobs } from '../../../src-renderer/component/job/job-order.ts'
import { JobTrace } from '../../../src-renderer/component/job/job-trace.ts'
import { metricCharts } from '../../../src-renderer/component/job/metric-charts.ts'
import { compareSettings, settingText } from '../../../src-renderer/component/job/settings-difference.ts'
import { fakeSummary, logEvent, metricEvent } from './fake-job.ts'

const jobs = [
  fakeSummary({ id: 'J1', name: 'b', created: '2026-01-01', started: '2026-01-01', resolution: { angstrom: 12, shell: 5, rule: '' } }),
  fakeSummary({ id: 'J2', name: 'a10', created: '2026-01-02', started: '2026-01-02', state: 'failed', task: 'align' }),
  fakeSummary({ id: 'J10', name: 'a9', created: '2026-01-03', started: '2026-01-03', resolution: { angstrom: 9, shell: 5, rule: '' } }),
]
const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id)

describe('a table of jobs', () => {
  it('is newest first', () => expect(ids(sortJobs(jobs, NEWEST_FIRST))).toEqual(['J10', 'J2', 'J1']))

  it('sorts by resolution, those without one last either way', () => {
    expect(ids(sortJobs(jobs, { column: 'resolution', descending: false }))).toEqual(['J10', 'J1', 'J2'])
    expect(ids(sortJobs(jobs, { column: 'resolution', descending: true }))).toEqual(['J1', 'J10', 'J2'])
  })

  it('sorts names as people count, and states by what needs attention', () => {
    expect(ids(sortJobs(jobs, { column: 'name', descending: false }))).toEqual(['J10', 'J2', 'J1'])
    expect(ids(sortJobs(jobs, { column: 'state', descending: false }))).toEqual(['J2', 'J10', 'J1'])
  })

  it('turns the direction of the same column', () => {
    const once = nextOrder(NEWEST_FIRST, 'resolution')
    expect(once).toEqual({ column: 'resolution', descending: false })
    expect(nextOrder(once, 'resolution').descending).toBe(true)
    expect(nextOrder(once, 'created').descending).toBe(true)
  })

  it('filters by every word', () => {
    expect(ids(filterJobs(jobs, 'ALIGN a1', () => []))).toEqual(['J2'])
    expect(ids(filterJobs(jobs, 'broken', ({ state }) => (state === 'failed' ? ['broken'] : [])))).toEqual(['J2'])
    expect(filterJobs(jobs, ' ', () => [])).toHaveLength(3)
  })
})

describe('times', () => {
  it.each([
    [undefined, '–'],
    [0.3, '< 1 s'],
    [2.34, '2.3 s'],
    [59.2, '59 s'],
    [125, '2 min 05 s'],
    [3600 * 2 + 60 * 7, '2 h 07 min'],
    [86_400 * 3 + 3600 * 4, '3 d 4 h'],
  ])('%s seconds are "%s"', (seconds, text) => expect(durationText(seconds)).toBe(text))

  it('what is left is no more exact than it can be', () => {
    expect([0, 8.2, 59.5, 61, 73.4, 74.9, 601, 3700].map((secondsLeft) => timeLeft({ secondsLeft }))).toEqual(['1 s', '9 s', '1 min 00 s', '1 min 05 s', '1 min 15 s', '1 min 15 s', '11 min 00 s', '1 h 02 min'])
    expect(timeLeft({})).toBeUndefined()
  })

  it('names the day only where it is another', () => {
    const now = new Date('2026-05-04T12:00:00')
    expect(momentText('2026-05-04T09:05:00', now)).toBe('09:05')
    expect(momentText('2026-05-03T09:05:00', now)).toBe('3 May 09:05')
    expect(momentText('2025-05-03T09:05:00', now)).toBe('3 May 2025 09:05')
    expect(secondsBetween('2026-05-04T11:59:00', undefined, now)).toBe(60)
  })
})

describe('what events add up to', () => {
  it('takes each once, keeps the end of the log, and the last value of a step', () => {
    const trace = new JobTrace(2)
    for (const event of [logEvent(1, 'a'), logEvent(2, 'b'), metricEvent(3, 'loss', 1, 5), logEvent(4, 'c'), metricEvent(5, 'loss', 0, 9), metricEvent(6, 'loss', 1, 4)]) expect(trace.add(event)).toBe(true)
    expect(trace.add(logEvent(4, 'c'))).toBe(false)
    expect(trace.log.map(({ text }) => text)).toEqual(['b', 'c'])
    expect(trace.dropped).toBe(1)
    expect(trace.last).toBe(6)
    expect(trace.metrics()).toEqual([{ name: 'loss', unit: '', points: [[0, 9], [1, 4]] }])
  })

  it('draws lines of one kind in one chart, the last six', () => {
    const metric = (name: string) => ({ name, unit: 'shell', points: [[1, 2]] as const })
    const charts = metricCharts([...Array.from({ length: 8 }, (_, index) => metric(`FSC between half-maps, round ${index}`)), metric('half-map shell')])
    expect(charts.map(({ title, along, series }) => [title, along, series.length])).toEqual([['FSC between half-maps', 'shell', 6], ['Half-map shell', 'step', 1]])
    expect(charts[0]!.series.at(-1)!.name).toBe('round 7')
  })
})

describe('two jobs’ settings', () => {
  it('are laid side by side by name, nested ones too', () => {
    expect(compareSettings({ a: 1, n: { x: [1, 2] }, same: 'z' }, { a: 2, n: { x: [1, 3] }, same: 'z', only: true })).toEqual([
      { key: 'a', left: 1, right: 2, different: true },
      { key: 'n.x', left: [1, 2], right: [1, 3], different: true },
      { key: 'same', left: 'z', right: 'z', different: false },
      { key: 'only', left: undefined, right: true, different: true },
    ])
    expect([settingText(undefined, '–'), settingText(true, '–'), settingText([1, 2], '–'), settingText([], '–'), settingText(0, '–')]).toEqual(['–', 'on', '1, 2', '–', '0'])
  })
})
