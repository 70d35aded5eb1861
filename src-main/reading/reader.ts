import { Worker } from 'node:worker_threads'
import { AppError } from '#core/error.ts'
import { deserializeError } from '#core/serialized-error.ts'
import type { ReadingCall, ReadingReply } from './reading-message.ts'
import type { ReadingOperations } from './reading-operations.ts'

type Name = keyof ReadingOperations
type Input<N extends Name> = Parameters<ReadingOperations[N]>[0]
type Output<N extends Name> = Awaited<ReturnType<ReadingOperations[N]>>['value']

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Operations that take long enough for others to want a thread of their own. */
const LONG: ReadonlySet<Name> = new Set(['flipMap', 'differenceMap'])

/** Reads files on threads: one for what pages wait for, one for the long work. Started when first needed. */
export class Reader {
  private readonly threadPath: string
  private readonly threads = new Map<boolean, ReadingThread>()
  private closed = false

  /** `threadPath`: the built `reading-thread.js`. */
  constructor(threadPath: string) {
    this.threadPath = threadPath
  }

  async run<N extends Name>(operation: N, input: Input<N>): Promise<Output<N>> {
    if (this.closed) throw new AppError('Unavailable', 'the service is closing')
    const long = LONG.has(operation)
    let thread = this.threads.get(long)
    if (!thread || thread.ended) this.threads.set(long, (thread = new ReadingThread(this.threadPath)))
    return (await thread.ask(operation, input)) as Output<N>
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all([...this.threads.values()].map((thread) => thread.close()))
  }
}

class ReadingThread {
  ended = false
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private last = 0

  constructor(path: string) {
    this.worker = new Worker(path)
    this.worker.unref()
    this.worker.on('message', (reply: ReadingReply) => this.hear(reply))
    this.worker.on('error', (error: Error) => this.end(error))
    this.worker.on('exit', (code) => this.end(new AppError('Internal', `the reading thread ended with code ${code}`)))
  }

  ask(operation: Name, input: unknown): Promise<unknown> {
    const id = ++this.last
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ id, operation, input } satisfies ReadingCall)
    })
  }

  async close(): Promise<void> {
    this.end(new AppError('Unavailable', 'the service is closing'))
    await this.worker.terminate()
  }

  private hear({ id, value, error }: ReadingReply): void {
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    if (error) waiting?.reject(deserializeError(error))
    else waiting?.resolve(value)
  }

  private end(error: Error): void {
    this.ended = true
    const open = [...this.waiting.values()]
    this.waiting.clear()
    for (const { reject } of open) reject(error)
  }
}
