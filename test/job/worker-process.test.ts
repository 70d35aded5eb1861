import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimFolder } from '../../src-main/job/claim-folder.ts'
import type { JobOutcome } from '../../src-main/job/job-outcome.ts'
import { superviseJob, type SupervisedJob } from '../../src-main/job/supervisor.ts'
import { isTerminal, type JobEvent } from '#job/contract.ts'
import { readState } from '#io/state-file.ts'
import { jobRequestSchema, jobStateSchema } from '#job/job-state.ts'
import { buildTestWorker, type TestWorker } from '../support/build-test-worker.ts'

let worker: TestWorker
let folder: string
beforeAll(async () => {
  worker = await buildTestWorker()
})
afterAll(() => worker.remove())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryomoment-job-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Options {
  readonly settings?: Record<string, unknown>
  readonly threads?: number
  readonly grace?: number
  readonly onEvent?: (event: JobEvent, job: SupervisedJob) => void
}

async function doJob(task: string, options: Options = {}): Promise<{ outcome: JobOutcome; events: JobEvent[] }> {
  const events: JobEvent[] = []
  const job = await superviseJob(
    { task, settings: options.settings ?? {}, seed: 5, folder, threads: options.threads ?? 1 },
    {
      workerPath: worker.workerPath,
      ...(options.grace !== undefined && { grace: options.grace }),
      onEvent: (event) => {
        events.push(event)
        options.onEvent?.(event, job)
      },
    },
  )
  return { outcome: await job.outcome, events }
}

async function json(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, name), 'utf8'))
}

async function lines(name: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, name), 'utf8')
  return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

function progressOf(events: readonly JobEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []))
}

describe('promise 1: exactly one terminal event, and it is the last', () => {
  it('for a job that succeeds, even when its work goes on behind its back', async () => {
    const { outcome, events } = await doJob('count')
    expect(outcome.state).toBe('succeeded')
    expect(events[0]!.type).toBe('ready')
    expect(events.filter(isTerminal)).toEqual([events.at(-1)])
  })

  it('for a job that refuses its input', async () => {
    const { outcome, events } = await doJob('refuse')
    expect(outcome).toMatchObject({ state: 'failed', error: { tag: 'InvalidInput', message: 'map.mrc: nx is 0, expected at least 1', fields: { field: 'nx' } } })
    expect(events.filter(isTerminal)).toEqual([events.at(-1)])
  })

  it('for an error that nobody caught', async () => {
    const { outcome, events } = await doJob('throwOutside')
    expect(outcome).toMatchObject({ state: 'failed', error: { tag: 'Internal', message: 'thrown where nobody catches' } })
    expect(events.filter(isTerminal)).toEqual([events.at(-1)])
  })

  it('an exit without one is failed, with the exit code and the tail of stderr', async () => {
    const { outcome, events } = await doJob('crash')
    expect(events.some(isTerminal)).toBe(false)
    expect(outcome).toMatchObject({ state: 'failed', exitCode: 3, error: { tag: 'Internal', fields: { stderr: 'the reason of the crash' } } })
    expect(jobStateSchema.parse(await json('state.json'))).toMatchObject({ state: 'failed', exitCode: 3 })
  })

  it('a worker that cannot start is failed', async () => {
    const job = await superviseJob({ task: 'count', settings: {}, seed: 1, folder }, { workerPath: join(folder, 'absent.js') })
    expect(await job.outcome).toMatchObject({ state: 'failed', exitCode: 1 })
  })

  it('an unknown task is failed, in words', async () => {
    const { outcome } = await doJob('nonsense')
    expect(outcome).toMatchObject({ state: 'failed', error: { tag: 'NotFound', message: expect.stringContaining('"nonsense"') as string } })
  })
})

describe('promise 2: order', () => {
  it('sequence numbers rise by one; progress never falls and stays below 1 before success', async () => {
    const { outcome, events } = await doJob('count', { settings: { steps: 50 } })
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, i) => i + 1))
    const fractions = progressOf(events)
    expect(fractions.length).toBeGreaterThan(3)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(Math.max(...fractions)).toBeLessThan(1)
    expect(outcome.state).toBe('succeeded')
  })

  it('stages carry their share of the whole', async () => {
    const { events } = await doJob('count')
    const stages = events.filter((event) => event.type === 'stage')
    expect(stages).toMatchObject([
      { name: 'draw', index: 0, count: 2, names: ['draw', 'sum'], weight: 0.25 },
      { name: 'sum', index: 1, count: 2, weight: 0.75 },
    ])
  })
})

describe('promise 3: cancel', () => {
  it('ends a job that breathes, by its own word', async () => {
    const { outcome, events } = await doJob('wait', { onEvent: (event, job) => event.type === 'log' && job.cancel('test') })
    expect(outcome).toEqual({ state: 'cancelled', killed: false })
    expect(events.at(-1)!.type).toBe('cancelled')
    expect(jobStateSchema.parse(await json('state.json'))).toMatchObject({ state: 'cancelled', killed: false })
  })

  it('after the grace time kills a job that does not, and records that', async () => {
    const { outcome } = await doJob('hang', {
      grace: 300,
      onEvent: (event, job) => event.type === 'log' && setTimeout(() => job.cancel('test'), 100),
    })
    expect(outcome).toEqual({ state: 'cancelled', killed: true })
    expect(jobStateSchema.parse(await json('state.json'))).toMatchObject({ state: 'cancelled', killed: true })
  })

  it('any process may drop the file CANCEL', async () => {
    const { outcome } = await doJob('wait', { onEvent: (event) => event.type === 'log' && void writeFile(join(folder, 'CANCEL'), '') })
    expect(outcome).toEqual({ state: 'cancelled', killed: false })
  })
})

describe('promise 4: a readable folder at any instant', () => {
  it.each([0, 17, 61, 130])('killed %i ms into writing checkpoints and results', async (delay) => {
    const { outcome, events } = await doJob('checkpoints', {
      onEvent: (event, job) => event.type === 'checkpoint' && event.step === 0 && setTimeout(() => job.kill(), delay),
    })
    expect(outcome).toMatchObject({ state: 'failed', signal: 'SIGKILL' })
    expect(jobRequestSchema.parse(await json('job.json')).task).toBe('checkpoints')
    expect(jobStateSchema.parse(await json('state.json'))).toMatchObject({ state: 'failed', signal: 'SIGKILL' })
    for (const entry of await lines('metrics.jsonl').catch(() => [])) expect(entry).toMatchObject({ name: 'step' })
    const announced = events.filter((event) => event.type === 'checkpoint')
    expect(announced.length).toBeGreaterThan(0)
    for (const { path, step } of announced) {
      const bytes = (await readState(path)) as Uint8Array
      expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([200_000, step % 256, step % 256])
    }
    const names = await readdir(folder, { recursive: true })
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([])
    expect(outcome).toHaveProperty('lastCheckpoint', announced.at(-1)!.path)
  })

  it('writes the request first, with versions and seed', async () => {
    const job = await superviseJob({ task: 'count', settings: { steps: 1 }, seed: 99, folder }, { workerPath: worker.workerPath, versions: { cryomoment: '9.9.9' } })
    const request = jobRequestSchema.parse(await json('job.json'))
    expect(request).toMatchObject({ task: 'count', seed: 99, settings: { steps: 1 }, versions: { cryomoment: '9.9.9', node: process.version } })
    await job.outcome
  })

  it('keeps log, metrics, backend and summary', async () => {
    const { outcome } = await doJob('count', { settings: { steps: 3 } })
    expect(await lines('metrics.jsonl')).toHaveLength(3)
    const texts = (await lines('log.jsonl')).map((entry) => entry['text'])
    expect(texts).toEqual(['stage 1 of 2: draw', 'stage 2 of 2: sum', 'odd', 'succeeded'])
    const state = jobStateSchema.parse(await json('state.json'))
    expect(state.backend).toBe('wasm-simd')
    expect(state).toMatchObject({ state: 'succeeded', summary: { total: (outcome as { summary: { total: number } }).summary.total, notANumber: null } })
  })
})

describe('promise 5: previews are lossy', () => {
  it('at most one a second, the latest wins', async () => {
    const { events } = await doJob('previews')
    const previews = events.filter((event) => event.type === 'preview')
    expect(previews.length).toBeGreaterThanOrEqual(2)
    previews.slice(1).forEach((preview, i) => expect(preview.time - previews[i]!.time).toBeGreaterThan(900))
    expect(previews[0]!.step).toBe(0)
    expect(previews[1]!.step).toBeGreaterThan(1)
    expect([...new Set(previews[1]!.bytes)]).toEqual([previews[1]!.step])
  })

  it('a box above 128 is refused', async () => {
    expect((await doJob('bigPreview')).outcome).toMatchObject({ state: 'failed', error: { message: expect.stringContaining('at most 128') as string } })
  })
})

describe('promise 6: same inputs, settings and seed, same result', () => {
  it('whatever the number of threads', async () => {
    const totals: unknown[] = []
    for (const threads of [0, 1, 2]) {
      const claimed = await claimFolder(folder, { overwrite: true })
      const { outcome } = await doJob('count', { threads })
      totals.push((outcome as { summary: unknown }).summary)
      await claimed.unclaim()
    }
    expect(totals[1]).toEqual(totals[0])
    expect(totals[2]).toEqual(totals[0])
  })
})

describe('promise 7: settings reach the task parsed and frozen', () => {
  it('with defaults filled in, deeply frozen', async () => {
    const { outcome } = await doJob('frozen', { settings: { steps: 7 } })
    expect(outcome).toEqual({ state: 'succeeded', summary: { frozen: true, given: { steps: 7, nested: { list: [1, 2] } } } })
  })

  it('or not at all', async () => {
    const { outcome } = await doJob('frozen', { settings: { steps: -1 } })
    expect(outcome).toMatchObject({ state: 'failed', error: { tag: 'InvalidInput', message: expect.stringContaining('steps') as string } })
    expect((await doJob('frozen', { settings: { stepz: 1 } })).outcome).toMatchObject({ state: 'failed', error: { tag: 'InvalidInput', message: expect.stringContaining('stepz') as string } })
  })
})
