import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '#core/error.ts'
import { commandSchema, eventSchema, isTerminal, type JobEvent } from '#job/contract.ts'
import { connectedPorts } from '#job/port.ts'
import { JobRunner, type TaskHandler } from '#job/runner.ts'
import { ComputePool } from '#parallel/compute-pool.ts'

const start = { type: 'start', protocol: 1, jobId: 'j', task: 'echo', settings: { text: 'a' }, seed: 1 }
const waiting = { ...start, task: 'secondary', settings: {} }
const handlers: Record<string, TaskHandler> = {
  echo: { settings: z.strictObject({ text: z.string() }), load: () => Promise.resolve((_context, settings) => Promise.resolve(settings)) },
  secondary: {
    settings: z.strictObject({}),
    load: () =>
      Promise.resolve(async (context) => {
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
        throw new AppError('InvalidInput', 'not about the cancel')
      }),
  },
  unplanned: { settings: z.strictObject({}), load: () => Promise.resolve((context) => context.stage('never announced', () => Promise.resolve(1))) },
}

/** What a runner says to these commands, up to its end. */
async function converse(commands: readonly unknown[]): Promise<JobEvent[]> {
  const [ours, theirs] = connectedPorts()
  const events: JobEvent[] = []
  const ended = new Promise<void>((resolve) =>
    ours.onMessage((message) => {
      events.push(eventSchema.parse(message))
      if (isTerminal(events.at(-1)!)) setTimeout(resolve, 20)
    }),
  )
  new JobRunner(theirs, { jobId: 'j', handlers, backend: 'test', device: 'none', createPool: () => new ComputePool({ size: 0 }), states: { write: () => Promise.resolve(), read: () => Promise.resolve(undefined) } })
  for (const command of commands) ours.send(command)
  await ended
  return events
}

describe('a runner', () => {
  it('does a job over an in-memory port', async () => {
    expect(await converse([start])).toMatchObject([
      { type: 'ready', sequence: 1, protocol: 1, backend: 'test' },
      { type: 'succeeded', sequence: 2, summary: { text: 'a' } },
    ])
  })

  it('is cancelled before it started', async () => {
    expect((await converse([{ type: 'cancel', reason: 'x' }, start])).map(({ type }) => type)).toEqual(['ready', 'cancelled'])
  })

  it('does not take another error after a cancel for the cancel', async () => {
    const events = await converse([waiting, { type: 'cancel', reason: 'x' }])
    expect(events.at(-1)).toMatchObject({ type: 'failed', error: { message: 'not about the cancel' } })
  })

  it.each([
    ['a second start', [waiting, waiting], /does job j once/],
    ['another job’s start', [{ ...start, jobId: 'k' }], /told to start k/],
    ['a command it does not know', [{ type: 'dance' }], /job contract/],
    ['a start with an unknown key', [{ ...start, extra: 1 }], /job contract/],
    ['another protocol', [{ ...start, protocol: 2 }], /job contract/],
    ['a stage that was not announced', [{ ...start, task: 'unplanned', settings: {} }], /was not announced/],
  ])('fails on %s', async (_name, commands, message) => {
    const last = (await converse(commands)).at(-1)!
    expect(last.type).toBe('failed')
    expect((last as Extract<JobEvent, { type: 'failed' }>).error.message).toMatch(message)
  })
})

describe('the contract', () => {
  const envelope = { jobId: 'j', sequence: 1, time: 0 }
  it.each([
    { type: 'progress', ...envelope, fraction: 1 },
    { type: 'progress', ...envelope, fraction: -0.1 },
    { type: 'progress', ...envelope, fraction: Number.NaN },
    { type: 'progress', ...envelope, sequence: 0, fraction: 0.5 },
    { type: 'metric', ...envelope, name: 'x', step: 1, value: Number.NaN },
    { type: 'preview', ...envelope, step: 1, what: 'volume', shape: [129, 129, 129], bytes: new Float32Array(1) },
    { type: 'failed', ...envelope, error: { tag: 'Nonsense', message: '', fields: {} } },
    { type: 'succeeded', ...envelope, summary: 1, extra: 1 },
    { type: 'log', ...envelope, level: 'shout', text: 'x' },
    { type: 'finished', ...envelope },
  ])('refuses the event %j', (event) => {
    expect(eventSchema.safeParse(event).success).toBe(false)
  })

  it.each([{ ...start, seed: -1 }, { ...start, seed: 2 ** 32 }, { ...start, jobId: '' }, { ...start, threads: 1.5 }, { type: 'cancel' }, null])('refuses the command %j', (command) => {
    expect(commandSchema.safeParse(command).success).toBe(false)
  })
})
