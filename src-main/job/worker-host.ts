/** A worker process that was started, whichever way. */
export interface WorkerProcess {
  /** Never throws: a worker that is just ending has closed its channel; its end tells the rest. */
  send(message: unknown): void
  /** Ends it by force. */
  kill(): void
}

/** What a host hears of its worker. */
export interface WorkerListener {
  readonly message: (message: unknown) => void
  /** Text on stdout or stderr: a worker has no business there, what a library prints is kept for the sentence of a crash. */
  readonly output: (text: string) => void
  /** It could not be started, or its channel broke. */
  readonly error: (error: Error) => void
  /** Once, and last: the process is gone, every message and all its output has been told. Both null when it never started. */
  readonly end: (exitCode: number | null, signal: string | null) => void
}

/** Starts the worker of one job: a forked Node process (`fork-worker.ts`), or a utility process on the desktop. */
export type WorkerHost = (workerPath: string, jobId: string, listener: WorkerListener) => WorkerProcess
