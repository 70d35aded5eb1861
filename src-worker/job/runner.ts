import type { ZodType } from 'zod'
import { AppError, isAppError } from '#core/error.ts'
import { serializeError } from '#core/serialized-error.ts'
import type { ComputePool } from '#parallel/compute-pool.ts'
import type { JobContext } from './context.ts'
import { commandSchema, eventSchema, isTerminal, PROTOCOL, type EventBody, type StartCommand } from './contract.ts'
import type { Port } from './port.ts'
import { ReportingContext, type StateFiles } from './reporting-context.ts'

/** How one task is done: the schema its settings must pass, and its code, loaded when it is needed. */
export interface TaskHandler {
  readonly settings: ZodType
  readonly load: () => Promise<(context: JobContext, settings: never) => Promise<unknown>>
}

export interface RunnerOptions {
  readonly jobId: string
  readonly handlers: Readonly<Record<string, TaskHandler>>
  readonly backend: string
  readonly device: string
  readonly createPool: (threads: number | undefined, signal: AbortSignal) => ComputePool
  readonly states: StateFiles
  /** Called once, after the terminal event has been sent. */
  readonly onEnd?: () => void
}

/**
 * Does one job for whoever holds the other end of the port. Keeps the promises of the contract: `ready` first, sequence
 * numbers without a gap, exactly one terminal event and nothing after it, settings parsed and frozen.
 */
export class JobRunner {
  private readonly port: Port
  private readonly options: RunnerOptions
  private readonly abort = new AbortController()
  private sequence = 0
  private started = false
  private ended = false
  private context: ReportingContext | undefined

  constructor(port: Port, options: RunnerOptions) {
    this.port = port
    this.options = options
    port.onMessage((message) => this.receive(message))
    this.emit({ type: 'ready', protocol: PROTOCOL, backend: options.backend, device: options.device })
  }

  /** Ends the job as failed from outside `run`: an error nobody caught. */
  fail(error: unknown): void {
    this.finish({ type: 'failed', error: serializeError(error), ...this.checkpointField() })
  }

  /** Asks the task to stop, as a cancel command does. */
  cancel(reason: string): void {
    this.abort.abort(new AppError('Cancelled', `the job was cancelled: ${reason}`))
    if (!this.started) this.finish({ type: 'cancelled' })
  }

  private receive(message: unknown): void {
    const parsed = commandSchema.safeParse(message)
    if (!parsed.success) {
      this.fail(new AppError('Internal', `a command does not follow the job contract: ${parsed.error.issues[0]?.message ?? 'unknown'}`, {}, parsed.error))
    } else if (parsed.data.type === 'cancel') {
      this.cancel(parsed.data.reason)
    } else if (this.started || parsed.data.jobId !== this.options.jobId) {
      this.fail(new AppError('Internal', `this worker does job ${this.options.jobId} once; it was told to start ${parsed.data.jobId}`))
    } else {
      this.started = true
      void this.run(parsed.data)
    }
  }

  private async run(command: StartCommand): Promise<void> {
    let pool: ComputePool | undefined
    try {
      const handler = this.options.handlers[command.task]
      if (!handler) throw new AppError('NotFound', `there is no task "${command.task}"; there are: ${Object.keys(this.options.handlers).join(', ')}`)
      const settings = parseSettings(handler, command)
      const run = await handler.load()
      pool = this.options.createPool(command.threads, this.abort.signal)
      const context = new ReportingContext({
        folder: command.folder,
        seed: command.seed,
        signal: this.abort.signal,
        pool,
        emit: (event) => this.emit(event),
        states: this.options.states,
        resumeFrom: command.resumeFrom,
      })
      this.context = context
      const summary = await run(context, settings as never)
      context.end()
      await pool.close()
      this.finish({ type: 'succeeded', summary })
    } catch (error) {
      this.context?.end()
      if (this.abort.signal.aborted && isCancellation(error)) {
        // A thread deep in arithmetic takes its time to end: whoever cancelled need not wait for it.
        void pool?.close()
        this.finish({ type: 'cancelled', ...this.checkpointField() })
        return
      }
      await pool?.close()
      this.fail(error)
    }
  }

  private emit(body: EventBody): void {
    if (this.ended) return
    if (isTerminal(body)) {
      this.ended = true
      this.context?.end()
    }
    const event = { ...body, jobId: this.options.jobId, sequence: ++this.sequence, time: Date.now() }
    this.port.send(eventSchema.parse(event))
  }

  private finish(body: EventBody): void {
    if (this.ended) return
    this.emit(body)
    this.options.onEnd?.()
  }

  private checkpointField(): { lastCheckpoint?: string } {
    const path = this.context?.lastCheckpoint
    return path === undefined ? {} : { lastCheckpoint: path }
  }
}

function parseSettings(handler: TaskHandler, command: StartCommand): unknown {
  const parsed = handler.settings.safeParse(command.settings)
  if (parsed.success) return deepFreeze(parsed.data)
  const issue = parsed.error.issues[0]!
  throw new AppError('InvalidInput', `${command.task}: ${issue.path.join('.') || 'settings'}: ${issue.message}`, { task: command.task }, parsed.error)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

function isCancellation(error: unknown): boolean {
  return isAppError(error, 'Cancelled') || (error instanceof Error && error.name === 'AbortError')
}
