import { utilityProcess } from 'electron'
import type { WorkerListener, WorkerProcess } from '../job/worker-host.ts'

/** The worker host of the desktop: a utility process (Node without a window), ended with the application. */
export function startUtilityWorker(workerPath: string, jobId: string, listener: WorkerListener): WorkerProcess {
  const child = utilityProcess.fork(workerPath, [jobId], { serviceName: 'CryoMoment job', stdio: ['ignore', 'pipe', 'pipe'], execArgv: [] })
  let running = true
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => listener.output(text.toString('utf8')))
  child.on('message', (message: unknown) => listener.message(message))
  child.on('error', (type, location) => listener.error(new Error(`${type} in ${location}`)))
  child.on('exit', (code) => {
    running = false
    listener.end(code, null)
  })
  return {
    send(message) {
      if (running) child.postMessage(message)
    },
    kill() {
      if (!running) return
      const { pid } = child
      child.kill()
      // `kill` only asks (SIGTERM); a worker that computes without pause must go all the same.
      if (pid !== undefined) forceEnd(pid)
    },
  }
}

function forceEnd(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone in the meantime: that is what was wanted.
  }
}
