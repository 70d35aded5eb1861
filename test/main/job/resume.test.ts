import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { readMoments } from '#io/moments-file.ts'
import { jobStateSchema } from '#job/job-state.ts'
import { forkWorker } from '../../../src-main/job/fork-worker.ts'
import type { WorkerProcess } from '../../../src-main/job/worker-host.ts'
import { ended, makeManager, summaryOf } from '../../support/make-manager.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const settings = { phantom: true, images: 1000, box: 24, snr: 0.4, starts: 2, iterations: 30, refineIterations: 3 }
/** When its worker is killed, as a part of what the whole job takes: in several stages, twice soon after another. */
const KILLS = [0.2, 0.15, 0.3, 0.3]

it('a run whose worker is killed again and again ends with the numbers of one that was left alone, bit for bit', { timeout: 300_000 }, async () => {
  const project = temporaryFolder()
  let worker: WorkerProcess | undefined
  const manager = await makeManager(project, { host: (path, id, listener) => (worker = forkWorker(path, id, listener)) })
  const began = performance.now()
  const whole = await manager.submit({ task: 'run', settings, seed: 3 })
  expect(await ended(manager, whole.id)).toMatchObject({ state: 'succeeded' })
  const seconds = (performance.now() - began) / 1000
  const { id } = await manager.submit({ task: 'run', settings, seed: 3 })
  const stages = new Set<string | undefined>()
  for (const part of KILLS) {
    await Promise.race([ended(manager, id), sleep(1000 * part * seconds)])
    const { state, stage } = summaryOf(manager, id)
    if (state !== 'running') break
    stages.add(stage)
    worker!.kill()
    await ended(manager, id)
    jobStateSchema.parse(JSON.parse(readFileSync(join(project, 'jobs', id, 'state.json'), 'utf8')))
    if (!summaryOf(manager, id).resumable) return expect(stages).toEqual(new Set([undefined])) // killed before it kept anything
    await manager.resume(id)
  }
  expect(await ended(manager, id)).toMatchObject({ state: 'succeeded' })
  expect(stages.size).toBeGreaterThan(1)
  for (const part of ['result', 'particles']) {
    const names = readdirSync(join(project, 'jobs', whole.id, part)).sort()
    expect(readdirSync(join(project, 'jobs', id, part)).sort()).toEqual(names)
    for (const name of names) {
      const [a, b] = [whole.id, id].map((job) => join(project, 'jobs', job, part, name)) as [string, string]
      // HDF5 writes the time, the page says how long everything took, and each job names its own folder.
      if (name.endsWith('.h5')) expect((await readMoments(b)).parts).toEqual((await readMoments(a)).parts)
      else if (!name.endsWith('.html')) expect(readFileSync(b).equals(readFileSync(a)), `${part}/${name}`).toBe(true)
    }
  }
})
