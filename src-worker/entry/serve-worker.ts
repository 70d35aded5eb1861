import { arch, cpus, platform } from 'node:os'
import { readState, writeState } from '#io/state-file.ts'
import type { Port } from '#job/port.ts'
import { JobRunner, type TaskHandler } from '#job/runner.ts'
import { ComputePool } from '#parallel/compute-pool.ts'

export interface WorkerOptions {
  readonly jobId: string
  readonly handlers: Readonly<Record<string, TaskHandler>>
  /** The built `compute-thread.js`, which lies beside the entry. */
  readonly threadPath: string
}

/** Makes this process the worker of one job: its commands come by the port, which is closed after the terminal event. */
export function serveWorker(port: Port, { jobId, handlers, threadPath }: WorkerOptions): JobRunner {
  const runner = new JobRunner(port, {
    jobId,
    handlers,
    backend: 'wasm-simd',
    device: `${cpus()[0]?.model.trim() ?? 'unknown'} (${platform()} ${arch()}, Node ${process.version})`,
    createPool: (threads, signal) => new ComputePool({ threadPath, size: threads, signal }),
    states: { write: writeState, read: readState },
    onEnd: () => port.close(),
  })
  process.on('uncaughtException', (error) => runner.fail(error))
  // Ctrl-C reaches the whole process group; whoever started the job decides and tells us over the port.
  process.on('SIGINT', () => undefined)
  return runner
}
