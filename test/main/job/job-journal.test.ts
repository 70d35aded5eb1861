import { appendFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { JobJournal, readJournal } from '../../../src-main/job/job-journal.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const time = '2026-01-01T00:00:00.000Z'
const fail = (error: unknown): never => {
  throw error
}
const log = (text: string) => ({ type: 'log' as const, time, level: 'info' as const, text })
const metric = (step: number) => ({ type: 'metric' as const, time, name: 'loss', step, value: 1 / step })

it('numbers whatever happens, across its files and after it was closed', async () => {
  const folder = temporaryFolder()
  const first = await JobJournal.open(folder, fail)
  first.append(log('a'))
  first.append(metric(1))
  first.append({ type: 'preview', time, picture: { step: 1, what: 'image', shape: [1, 1], bytes: new Float32Array(1) } })
  await first.close()
  const second = await JobJournal.open(folder, fail)
  second.append(log('b'))
  expect((await second.read(2)).map(({ sequence, type }) => [sequence, type])).toEqual([[3, 'preview'], [4, 'log']])
  await second.close()
  expect((await readJournal(folder)).map(({ sequence, type }) => [sequence, type])).toEqual([[1, 'log'], [2, 'metric'], [3, 'preview'], [4, 'log']])
})

it('reads past a line that a killed process left half-written, and goes on in a line of its own', async () => {
  const folder = temporaryFolder()
  const first = await JobJournal.open(folder, fail)
  first.append(log('a'))
  await first.close()
  appendFileSync(`${folder}/log.jsonl`, '{"sequence":2,"time":"2026')
  const second = await JobJournal.open(folder, fail)
  second.append(log('b'))
  await second.close()
  expect((await readJournal(folder)).map((event) => event.type === 'log' && event.text)).toEqual(['a', 'b'])
})

it('numbers the records of earlier versions by their times', async () => {
  const folder = temporaryFolder()
  writeFileSync(`${folder}/log.jsonl`, '{"time":"2026-01-01T00:00:01Z","level":"info","text":"first"}\n{"time":"2026-01-01T00:00:03Z","level":"info","text":"last"}\n')
  writeFileSync(`${folder}/metrics.jsonl`, '{"time":"2026-01-01T00:00:02Z","name":"loss","step":1,"value":2}\n')
  expect((await readJournal(folder)).map(({ sequence, type }) => [sequence, type])).toEqual([[1, 'log'], [2, 'metric'], [3, 'log']])
})

it('gives a reader who is far behind everything from the files, and wakes those who wait', async () => {
  const journal = await JobJournal.open(temporaryFolder(), fail)
  for (let i = 1; i <= 5000; i++) journal.append(metric(i))
  expect((await journal.read(0)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1))
  expect((await journal.read(4998)).map(({ sequence }) => sequence)).toEqual([4999, 5000])
  const woken = journal.next()
  journal.append(log('now'))
  await woken
  const stop = new AbortController()
  const aborted = journal.next(stop.signal)
  stop.abort()
  await aborted
  await journal.close()
})
