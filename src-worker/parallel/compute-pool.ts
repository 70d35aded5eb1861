import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AppError } from '#core/error.ts'
import { deserializeError } from '#core/serialized-error.ts'
import { findOperation, runOperation, type Operation } from './operation.ts'
import type { TaskReply, TaskRequest } from './thread-message.ts'

export interface ComputePoolOptions {
  /** The built `compute-thread.js`. Not needed for a pool of size 0. */
  readonly threadPath?: string | undefined
  /** Threads at most; 0 runs operations in this thread. Default: the cores this process may use. */
  readonly size?: number | undefined
  /** Aborting it cancels everything the pool runs or holds. */
  readonly signal?: AbortSignal | undefined
}

export interface TaskOptions {
  /** Buffers of the payload that are moved: they are detached here afterwards. */
  readonly transfer?: readonly ArrayBuffer[]
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (fraction: number, detail?: unknown) => void
}

interface Task {
  readonly request: TaskRequest
  readonly options: TaskOptions
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  /** Takes the abort listeners off again. */
  readonly settle: () => void
}

/**
 * Runs operations on worker threads, first come first served. Threads start when they are needed and do not keep the
 * process alive while idle. A task's result is the same whatever the size: operations are pure and payloads are copied
 * (or moved) even when the size is 0.
 */
export class ComputePool {
  readonly size: number
  private readonly threadPath: string | undefined
  private readonly signal: AbortSignal | undefined
  private readonly idle: Worker[] = []
  private readonly running = new Map<Worker, Task>()
  private queue: Task[] = []
  private nextId = 1
  private closed = false

  constructor(options: ComputePoolOptions = {}) {
    this.size = options.size ?? availableParallelism()
    this.threadPath = options.threadPath
    this.signal = options.signal
    if (!Number.isInteger(this.size) || this.size < 0) throw new AppError('InvalidInput', `a compute pool has 0 or more threads, not ${this.size}`)
    if (this.size > 0 && this.threadPath === undefined) throw new AppError('Internal', 'a compute pool with threads needs threadPath')
  }

  /**
   * Runs one operation. Rejects with what the operation threw; with `Cancelled` when a signal aborts (a thread that is
   * busy with it is terminated and replaced); with `Internal` when the thread dies.
   * @param operation a name, or the operation itself (which also tells the types)
   */
  run<Output>(operation: string, payload: unknown, options?: TaskOptions): Promise<Output>
  run<Input, Output>(operation: Operation<Input, Output>, payload: Input, options?: TaskOptions): Promise<Output>
  run(operation: string | Operation<never, unknown>, payload: unknown, options: TaskOptions = {}): Promise<unknown> {
    if (this.closed) return Promise.reject(new AppError('Internal', 'the compute pool is closed'))
    const name = typeof operation === 'string' ? operation : operation.name
    if (this.signal?.aborted || options.signal?.aborted) return Promise.reject(cancelled(name))
    if (this.size === 0) return this.runHere(name, payload, options)
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.abort(task)
      const signals = [this.signal, options.signal].filter((signal) => signal !== undefined)
      const settle = (): void => {
        for (const signal of signals) signal.removeEventListener('abort', onAbort)
      }
      const task: Task = { request: { id: this.nextId++, operation: name, payload }, options, resolve, reject, settle }
      for (const signal of signals) {
        // One listener a task is meant: Node warns of a leak from the eleventh on.
        setMaxListeners(0, signal)
        signal.addEventListener('abort', onAbort)
      }
      this.queue.push(task)
      this.dispatch()
    })
  }

  /** Ends the threads; what still runs or waits is rejected as cancelled. */
  async close(): Promise<void> {
    this.closed = true
    const threads = [...this.idle, ...this.running.keys()]
    for (const task of [...this.queue, ...this.running.values()]) {
      task.settle()
      task.reject(cancelled(task.request.operation))
    }
    this.queue = []
    this.running.clear()
    this.idle.length = 0
    await Promise.all(threads.map((thread) => thread.terminate()))
  }

  private async runHere(name: string, payload: unknown, options: TaskOptions): Promise<unknown> {
    const operation = findOperation(name)
    if (!operation) throw new AppError('Internal', `no operation "${name}" is loaded in this thread`)
    const copy: unknown = structuredClone(payload, { transfer: [...(options.transfer ?? [])] })
    const { result } = await runOperation(operation, copy, (fraction, detail) => options.onProgress?.(fraction, detail))
    if (this.signal?.aborted || options.signal?.aborted) throw cancelled(name)
    return result
  }

  private dispatch(): void {
    while (this.queue.length > 0) {
      const thread = this.idle.pop() ?? (this.running.size < this.size ? this.start() : undefined)
      if (!thread) return
      const task = this.queue.shift()!
      this.running.set(thread, task)
      thread.ref()
      try {
        thread.postMessage(task.request, [...(task.options.transfer ?? [])])
      } catch (error) {
        // The payload cannot be cloned: the caller's mistake, the thread is fine.
        this.release(thread, task)
        task.reject(new AppError('Internal', `the payload of operation "${task.request.operation}" cannot be sent to a thread: ${String(error)}`, {}, error))
      }
    }
  }

  private start(): Worker {
    const thread = new Worker(this.threadPath!)
    let crash: unknown
    thread.on('message', (reply: TaskReply) => this.receive(thread, reply))
    thread.on('error', (error) => {
      crash = error
    })
    thread.on('exit', (code) => this.lose(thread, code, crash))
    return thread
  }

  private receive(thread: Worker, reply: TaskReply): void {
    const task = this.running.get(thread)
    if (!task || task.request.id !== reply.id) return
    if (reply.kind === 'progress') {
      task.options.onProgress?.(reply.fraction, reply.detail)
      return
    }
    this.release(thread, task)
    if (reply.kind === 'done') task.resolve(reply.result)
    else task.reject(deserializeError(reply.error))
    this.dispatch()
  }

  private release(thread: Worker, task: Task): void {
    task.settle()
    this.running.delete(thread)
    this.idle.push(thread)
    thread.unref()
  }

  private lose(thread: Worker, code: number, crash: unknown): void {
    const place = this.idle.indexOf(thread)
    if (place >= 0) this.idle.splice(place, 1)
    const task = this.running.get(thread)
    this.running.delete(thread)
    if (task) {
      task.settle()
      const reason = crash === undefined ? `exit code ${code}` : crash instanceof Error ? crash.message : JSON.stringify(crash)
      task.reject(new AppError('Internal', `the compute thread running "${task.request.operation}" died: ${reason}`, { exitCode: code }, crash))
    }
    if (!this.closed) this.dispatch()
  }

  private abort(task: Task): void {
    task.settle()
    this.queue = this.queue.filter((other) => other !== task)
    for (const [thread, running] of this.running) {
      if (running !== task) continue
      // Synchronous arithmetic cannot be interrupted: the thread goes, the next task starts a new one.
      this.running.delete(thread)
      void thread.terminate()
    }
    task.reject(cancelled(task.request.operation))
    if (!this.closed) this.dispatch()
  }
}

function cancelled(name: string): AppError {
  return new AppError('Cancelled', `operation "${name}" was cancelled`)
}
