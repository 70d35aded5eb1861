import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { serveNode } from '../../src-worker/entry/serve-node.ts'
import { AppError } from '#core/error.ts'
import { Random } from '#core/random.ts'
import type { JobContext } from '#job/context.ts'
import type { TaskHandler } from '#job/runner.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { squareSum } from './test-operations.ts'

const settings = z.strictObject({ steps: z.int().min(0).max(1000).default(5), nested: z.strictObject({ list: z.array(z.number()).default([1, 2]) }).prefault({}) })
type Settings = z.infer<typeof settings>

async function count(context: JobContext, { steps }: Settings): Promise<unknown> {
  context.stages([
    { name: 'draw', weight: 1 },
    { name: 'sum', weight: 3 },
  ])
  const numbers = await context.stage('draw', () => {
    const random = new Random(context.seed)
    return Promise.resolve(Float64Array.from({ length: 1000 }, () => random.normal()))
  })
  const total = await context.stage('sum', async () => {
    let sum = 0
    for (let i = 0; i < steps; i++) {
      sum += await context.pool.run(squareSum, numbers)
      context.metric('sum', i, sum, 'units')
      context.progress((i + 1) / steps, `step ${i + 1}`)
      context.progress(0, 'backwards')
    }
    return sum
  })
  context.log('warning', 'odd', { path: 'a.mrc' })
  // Work that outlives `run` must not be heard of.
  setTimeout(() => context.log('info', 'too late'), 1)
  return { total, notANumber: Number.NaN }
}

async function wait(context: JobContext): Promise<void> {
  context.log('info', 'waiting')
  for (;;) {
    await sleep(5)
    await context.breathe()
  }
}

function hang(context: JobContext): Promise<void> {
  context.log('info', 'hanging')
  return new Promise(() => {
    setTimeout(() => {
      for (;;);
    }, 20)
  })
}

async function crash(context: JobContext): Promise<void> {
  context.log('info', 'about to go')
  process.stderr.write('the reason of the crash\n')
  await sleep(50)
  process.exit(3)
}

async function throwOutside(): Promise<void> {
  setTimeout(() => {
    throw new Error('thrown where nobody catches')
  }, 1)
  await sleep(10_000)
}

async function previews(context: JobContext): Promise<void> {
  const end = Date.now() + 1500
  for (let step = 0; Date.now() < end; step++) {
    context.preview({ step, what: 'volume', shape: [2, 2, 2], data: new Float32Array(8).fill(step) })
    await sleep(5)
  }
}

function bigPreview(context: JobContext): Promise<void> {
  context.preview({ step: 0, what: 'volume', shape: [129, 1, 1], data: new Float32Array(129) })
  return Promise.resolve()
}

async function checkpoints(context: JobContext): Promise<void> {
  for (let step = 0; ; step++) {
    await context.checkpoint(`step-${step}`, new Uint8Array(200_000).fill(step % 256))
    context.metric('step', step, step)
    await writeFileAtomic(`${context.folder}/result/volume.bin`, new Uint8Array(100_000).fill(step % 256))
    await context.breathe()
  }
}

function frozen(_context: JobContext, given: Settings): Promise<unknown> {
  return Promise.resolve({ frozen: [given, given.nested, given.nested.list].every(Object.isFrozen), given })
}

function refuse(): Promise<void> {
  return Promise.reject(new AppError('InvalidInput', 'map.mrc: nx is 0, expected at least 1', { field: 'nx' }))
}

function handler(run: (context: JobContext, settings: Settings) => Promise<unknown>): TaskHandler {
  return { settings, load: () => Promise.resolve(run) }
}

serveNode({
  count: handler(count),
  wait: handler(wait),
  hang: handler(hang),
  crash: handler(crash),
  throwOutside: handler(throwOutside),
  previews: handler(previews),
  bigPreview: handler(bigPreview),
  checkpoints: handler(checkpoints),
  frozen: handler(frozen),
  refuse: handler(refuse),
})
