import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import type { Port } from '#job/port.ts'
import type { TaskHandler } from '#job/runner.ts'
import { serveWorker } from './serve-worker.ts'

const ORPHAN_GRACE = 3000

/**
 * Makes this process (forked with an IPC channel, the job's id as its first argument) the worker of one job, and ends
 * it after the terminal event.
 */
export function serveNode(handlers: Readonly<Record<string, TaskHandler>>): void {
  const jobId = process.argv[2]
  if (!process.send || jobId === undefined) throw new AppError('Internal', 'a job worker is started by the job supervisor, not by hand')
  const runner = serveWorker(processPort(), { jobId, handlers, threadPath: join(import.meta.dirname, 'compute-thread.js') })
  // Nobody is left to hear the result: tidy up, but not for long.
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), ORPHAN_GRACE).unref()
    runner.cancel('whoever started it is gone')
  })
}

/** The IPC channel to the parent. Closing it ends the process, after everything sent has gone. */
function processPort(): Port {
  let unsent = 0
  let closing = false
  const leave = (): void => {
    if (closing && unsent === 0) process.exit(0)
  }
  return {
    send(message) {
      unsent++
      process.send!(message, undefined, undefined, () => {
        unsent--
        leave()
      })
    },
    onMessage(listener) {
      process.on('message', listener)
    },
    close() {
      closing = true
      leave()
    },
  }
}
