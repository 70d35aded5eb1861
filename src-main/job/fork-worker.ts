import { fork } from 'node:child_process'
import type { WorkerListener, WorkerProcess } from './worker-host.ts'

/** The worker host of the command line and the server: a Node process with an IPC channel. */
export function forkWorker(workerPath: string, jobId: string, listener: WorkerListener): WorkerProcess {
  const child = fork(workerPath, [jobId], { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] })
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => listener.output(text))
  child.on('message', (message) => listener.message(message))
  child.on('error', (error) => {
    listener.error(error)
    if (child.pid === undefined) listener.end(null, null)
  })
  // All three: the exit, the end of stdout and stderr, and the last message.
  const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })))
  const disconnected = new Promise<void>((resolve) => child.on('disconnect', resolve))
  void Promise.all([closed, disconnected]).then(([{ code, signal }]) => listener.end(code, signal))
  return {
    send(message) {
      if (child.connected) child.send(message as object, () => undefined)
    },
    kill() {
      child.kill('SIGKILL')
    },
  }
}
