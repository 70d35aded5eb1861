import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, it, vi } from 'vitest'
import { superviseJob } from '../../../src-main/job/supervisor.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'
import { writePlainMrc } from '../../support/plain-mrc.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

// The built worker of the desktop does a real job; only the pipe to it is Node's instead of Electron's.
const root = resolve(import.meta.dirname, '../../..')

vi.mock('electron', () => ({
  utilityProcess: {
    fork(path: string, args: string[]) {
      const child = fork(path, args, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: ['--import', join(root, 'test/support/parent-port.mjs')] })
      const utility = Object.assign(new EventEmitter(), { pid: child.pid, stdout: child.stdout, stderr: child.stderr, postMessage: (message: object) => child.send(message), kill: () => child.kill() })
      child.on('message', (message) => utility.emit('message', message))
      child.on('exit', (code) => utility.emit('exit', code))
      return utility
    },
  },
}))

const { startUtilityWorker } = await import('../../../src-main/electron/utility-worker.ts')
const options = { workerPath: join(root, process.env['CRYOMOMENT_BUILD'] ?? 'out', 'main/worker-utility.js'), host: startUtilityWorker }

it('does a job with threads of its own and ends', async () => {
  const folder = temporaryFolder()
  const map = join(folder, 'map.mrc')
  writePlainMrc(map, blobVolume(16, randomBlobs(3, 5), { voxelSize: 4 }))
  const job = await superviseJob({ task: 'simulate', settings: { map, images: 20, box: 16, snr: 1 }, seed: 1, folder: join(folder, 'job'), threads: 2 }, options)
  expect(await job.outcome).toMatchObject({ state: 'succeeded' })
  expect((await readFile(join(folder, 'job/result/particles.mrcs'))).length).toBe(1024 + 20 * 16 * 16 * 4)
})

it('is cancelled', async () => {
  const folder = temporaryFolder()
  const map = join(folder, 'map.mrc')
  writePlainMrc(map, blobVolume(16, randomBlobs(3, 5), { voxelSize: 4 }))
  const events: string[] = []
  const job = await superviseJob({ task: 'simulate', settings: { map, images: 500_000, box: 32, snr: 1 }, seed: 1, folder: join(folder, 'job'), threads: 1 }, { ...options, onEvent: ({ type }) => void events.push(type) })
  await vi.waitFor(() => expect(events).toContain('progress'), { timeout: 60_000 })
  job.cancel('the test has seen enough')
  expect(await job.outcome).toMatchObject({ state: 'cancelled' })
})
