import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import type { Port } from '#job/port.ts'
import type { TaskHandler } from '#job/runner.ts'
import { serveWorker } from './serve-worker.ts'

/** The part of Electron's `process.parentPort` that a worker needs; messages are kept until there is a listener. */
export interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  postMessage(message: unknown): void
}

/** A posted message tells nobody when it has gone, and the exit of the process travels by another pipe. */
const DRAIN = 200

/**
 * Makes this process (an Electron utility process, the job's id as its last argument) the worker of one job, and ends it
 * after the terminal event. The process does not outlive the application: Chromium ends it.
 */
export function serveUtility(handlers: Readonly<Record<string, TaskHandler>>): void {
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort }
  const jobId = process.argv.at(-1)
  if (!parentPort || jobId === undefined) throw new AppError('Internal', 'a utility worker is started by the desktop application, not by hand')
  const port = utilityPort(parentPort, () => setTimeout(() => process.exit(0), DRAIN))
  serveWorker(port, { jobId, handlers, threadPath: join(import.meta.dirname, 'compute-thread.js') })
}

/** Electron's port as ours. */
export function utilityPort(parentPort: ParentPort, onClose: () => void): Port {
  return {
    send: (message) => parentPort.postMessage(message),
    onMessage: (listener) => void parentPort.on('message', ({ data }) => listener(data)),
    close: onClose,
  }
}
