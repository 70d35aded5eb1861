import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { superviseJob } from '../../../src-main/job/supervisor.ts'
import { FakeUtilityProcess, type fakeElectron } from './fake-electron.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())

const { startUtilityWorker } = await import('../../../src-main/electron/utility-worker.ts')
const { utilityProcess } = (await import('electron')) as unknown as ReturnType<typeof fakeElectron>

let child: FakeUtilityProcess
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryomoment-utility-'))
  child = new FakeUtilityProcess()
  utilityProcess.fork.mockReset().mockReturnValue(child)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function start(): { worker: ReturnType<typeof startUtilityWorker>; heard: unknown[][] } {
  const heard: unknown[][] = []
  const worker = startUtilityWorker('/app/worker-utility.js', 'job-1', {
    message: (message) => heard.push(['message', message]),
    output: (text) => heard.push(['output', text]),
    error: (error) => heard.push(['error', error.message]),
    end: (code, signal) => heard.push(['end', code, signal]),
  })
  return { worker, heard }
}

it('starts the built worker with the job id, its output kept away from ours', () => {
  start()
  expect(utilityProcess.fork).toHaveBeenCalledExactlyOnceWith('/app/worker-utility.js', ['job-1'], { serviceName: 'CryoMoment job', stdio: ['ignore', 'pipe', 'pipe'], execArgv: [] })
})

it('carries messages both ways, output, fatal errors and the exit', () => {
  const { worker, heard } = start()
  worker.send({ type: 'cancel' })
  child.emit('message', { type: 'ready' })
  child.stderr.emit('data', Buffer.from('odd'))
  child.emit('error', 'FatalError', 'v8::Somewhere', '{}')
  child.emit('exit', 7)
  expect(child.sent).toEqual([{ type: 'cancel' }])
  expect(heard).toEqual([
    ['message', { type: 'ready' }],
    ['output', 'odd'],
    ['error', 'FatalError in v8::Somewhere'],
    ['end', 7, null],
  ])
})

it('says nothing to a worker that is gone', () => {
  const { worker } = start()
  child.emit('exit', 0)
  worker.send({ type: 'cancel' })
  worker.kill()
  expect(child.sent).toEqual([])
  expect(child.killed).toBe(false)
})

it('ends a process that does not listen, by force', async () => {
  const deaf = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise((resolve) => deaf.stdout.once('data', resolve))
  const ended = new Promise((resolve) => deaf.once('exit', (_code, signal) => resolve(signal)))
  child.pid = deaf.pid
  start().worker.kill()
  expect(child.killed).toBe(true)
  expect(await ended).toBe('SIGKILL')
})

it('is a host for the job supervisor: a crash is failed, in words', async () => {
  const job = await superviseJob({ task: 'count', settings: {}, seed: 1, folder }, { workerPath: '/app/worker-utility.js', host: startUtilityWorker })
  child.stderr.emit('data', Buffer.from('out of memory'))
  child.emit('exit', 133)
  expect(await job.outcome).toMatchObject({ state: 'failed', exitCode: 133, error: { fields: { stderr: 'out of memory' } } })
  expect(JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'))).toMatchObject({ state: 'failed' })
})

it('takes the events of a job and starts it', async () => {
  const job = await superviseJob({ task: 'count', settings: { steps: 2 }, seed: 1, folder }, { workerPath: '/app/worker-utility.js', host: startUtilityWorker })
  const said = (sequence: number, event: object): boolean => child.emit('message', { jobId: job.id, sequence, time: Date.now(), ...event })
  said(1, { type: 'ready', protocol: 1, backend: 'wasm-simd', device: 'test' })
  expect(child.sent).toMatchObject([{ type: 'start', task: 'count', jobId: job.id, settings: { steps: 2 } }])
  said(2, { type: 'succeeded', summary: { total: 3 } })
  child.emit('exit', 0)
  expect(await job.outcome).toMatchObject({ state: 'succeeded', summary: { total: 3 } })
})
