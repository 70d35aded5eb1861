import { randomUUID } from 'node:crypto'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { serializeError } from '#core/serialized-error.ts'
import { AppError } from '#core/error.ts'
import { eventSchema, PROTOCOL, type Command, type JobEvent } from '#job/contract.ts'
import { JOB_FILES, STATE_ENDING } from '#job/job-folder.ts'
import type { JobRequestRecord } from '#job/job-state.ts'
import { forkWorker } from './fork-worker.ts'
import type { JobJournal } from './job-journal.ts'
import type { JobOutcome } from './job-outcome.ts'
import { JobRecord } from './job-record.ts'
import { removeFiles, removePartFiles } from './part-files.ts'
import type { WorkerHost, WorkerProcess } from './worker-host.ts'

const GRACE = 10_000
const EXIT_GRACE = 5_000
const CANCEL_FILE_INTERVAL = 500
const STDERR_TAIL = 4_000

export interface JobRequest {
  readonly task: string
  /** Parsed by the task's schema. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed: number
  /** A claimed job folder (`claimFolder`); without one nothing is recorded. */
  readonly folder?: string | undefined
  readonly threads?: number | undefined
  readonly commandLine?: readonly string[]
  /** The record of a job that exists already (queued, or to be resumed): written as it is, `settings` are what starts. */
  readonly record?: JobRequestRecord | undefined
  /** Where the states lie that an earlier run of the same job left. */
  readonly resumeFrom?: string | undefined
}

export interface SupervisorOptions {
  /** The built worker of the host: `worker-node.js` for a forked process. */
  readonly workerPath: string
  /** How the worker process is started; default: forked. */
  readonly host?: WorkerHost | undefined
  readonly versions?: Readonly<Record<string, string>>
  readonly onEvent?: (event: JobEvent) => void
  /** Milliseconds between a cancel and the end by force; default 10 s. */
  readonly grace?: number
  /** Where log, metrics and pictures are entered; default: a journal of the folder's own. */
  readonly journal?: JobJournal | undefined
}

/** A job that runs in a worker process of its own. */
export interface SupervisedJob {
  readonly id: string
  /** Resolves (never rejects) when the process is gone and the folder says how it ended. */
  readonly outcome: Promise<JobOutcome>
  cancel(reason: string): void
  /** As `cancel`, but nobody wanted that: the job is recorded as interrupted, to be resumed. */
  interrupt(reason: string): void
  kill(): void
}

/** Starts a job: writes `job.json`, starts the worker process, and keeps the folder from its events. */
export async function superviseJob(request: JobRequest, options: SupervisorOptions): Promise<SupervisedJob> {
  const id = request.record?.jobId ?? randomUUID()
  const supervision = new Supervision(id, request, options)
  await supervision.begin()
  return supervision
}

class Supervision implements SupervisedJob {
  readonly id: string
  readonly outcome: Promise<JobOutcome>
  private readonly request: JobRequest
  private readonly options: SupervisorOptions
  private readonly settle: (outcome: JobOutcome) => void
  private record: JobRecord | undefined
  private worker: WorkerProcess | undefined
  private last: JobOutcome | undefined
  private sequence = 0
  private stderr = ''
  private lastCheckpoint: string | undefined
  private cancelling = false
  private interrupted = false
  private killedAfterCancel = false
  private cancelFileSeen = false
  private readonly timers: NodeJS.Timeout[] = []

  constructor(id: string, request: JobRequest, options: SupervisorOptions) {
    this.id = id
    this.request = request
    this.options = options
    const { promise, resolve } = withResolvers<JobOutcome>()
    this.outcome = promise
    this.settle = resolve
  }

  async begin(): Promise<void> {
    const { folder, task, settings, seed, threads, commandLine, resumeFrom } = this.request
    if (folder !== undefined) {
      // States of another job that was in this folder: this one, interrupted, must not go on from them.
      if (resumeFrom === undefined) await removeFiles(join(folder, JOB_FILES.checkpoints), STATE_ENDING)
      const record = this.request.record ?? {
        version: 1 as const,
        jobId: this.id,
        task,
        settings: { ...settings },
        seed,
        ...(threads !== undefined && { threads }),
        created: new Date().toISOString(),
        ...(commandLine && { commandLine: [...commandLine] }),
        workingFolder: process.cwd(),
        versions: { node: process.version, platform: `${process.platform} ${process.arch}`, ...this.options.versions },
      }
      this.record = await JobRecord.create(folder, record, { journal: this.options.journal, onError: (error) => this.breakOff(error) })
      this.timers.push(setInterval(() => void this.lookForCancelFile(join(folder, JOB_FILES.cancel)), CANCEL_FILE_INTERVAL))
    }
    this.worker = (this.options.host ?? forkWorker)(this.options.workerPath, this.id, {
      message: (message) => this.receive(message),
      output: (text) => (this.stderr = (this.stderr + text).slice(-STDERR_TAIL)),
      error: (error) => this.breakOff(error),
      end: (exitCode, signal) => void this.end(exitCode, signal),
    })
  }

  cancel(reason: string): void {
    if (this.last) return
    this.cancelling = true
    this.tell({ type: 'cancel', reason })
    this.timers.push(setTimeout(() => this.kill(), this.options.grace ?? GRACE))
  }

  interrupt(reason: string): void {
    this.interrupted = true
    this.cancel(reason)
  }

  kill(): void {
    this.killedAfterCancel = this.cancelling
    this.worker?.kill()
  }

  private receive(message: unknown): void {
    if (this.last) return
    const parsed = eventSchema.safeParse(message)
    if (!parsed.success || parsed.data.jobId !== this.id || parsed.data.sequence !== this.sequence + 1) {
      this.breakOff(new AppError('Internal', 'the job worker broke the job contract', { message: parsed.success ? parsed.data.type : String(parsed.error) }))
      return
    }
    const event = parsed.data
    this.sequence = event.sequence
    this.record?.add(event)
    if (event.type === 'ready') this.start()
    else if (event.type === 'checkpoint') this.lastCheckpoint = event.path
    else if (event.type === 'succeeded') this.last = { state: 'succeeded', summary: event.summary }
    else if (event.type === 'failed') this.last = { state: 'failed', error: event.error, ...this.checkpointField() }
    else if (event.type === 'cancelled') this.last = { state: 'cancelled', killed: false, ...this.interruptedField(), ...this.checkpointField() }
    // A cancelled worker has nothing more to do, and may wait for threads that are deep in arithmetic.
    if (this.last?.state === 'cancelled') this.worker?.kill()
    else if (this.last) this.timers.push(setTimeout(() => this.kill(), EXIT_GRACE))
    this.options.onEvent?.(event)
  }

  private start(): void {
    const { task, settings, seed, folder, threads, resumeFrom } = this.request
    this.tell({
      type: 'start',
      protocol: PROTOCOL,
      jobId: this.id,
      task,
      settings: { ...settings },
      seed,
      ...(folder !== undefined && { folder }),
      ...(threads !== undefined && { threads }),
      ...(resumeFrom !== undefined && { resumeFrom }),
    })
  }

  private tell(command: Command): void {
    this.worker?.send(command)
  }

  /** The job cannot go on for a reason of ours: that is how it ended. */
  private breakOff(error: unknown): void {
    this.last ??= { state: 'failed', error: serializeError(error), ...this.checkpointField() }
    this.kill()
  }

  private async end(exitCode: number | null, signal: string | null): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer)
    let outcome: JobOutcome = this.last ?? this.unspoken(exitCode, signal)
    try {
      if (this.request.folder !== undefined) {
        await removePartFiles(this.request.folder)
        // Nothing to go on from: the job is done.
        if (outcome.state === 'succeeded') await rm(join(this.request.folder, JOB_FILES.checkpoints), { recursive: true, force: true })
      }
      await this.record?.finish(outcome)
    } catch (error) {
      if (outcome.state === 'succeeded') outcome = { state: 'failed', error: serializeError(error) }
    }
    this.settle(outcome)
  }

  private unspoken(exitCode: number | null, signal: string | null): JobOutcome {
    if (this.killedAfterCancel) return { state: 'cancelled', killed: true, ...this.interruptedField(), ...this.checkpointField() }
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`
    const tail = this.stderr.trim()
    const error = { tag: 'Internal' as const, message: `the job worker ${how} without finishing`, fields: { exitCode, signal, stderr: tail } }
    return { state: 'failed', error, exitCode, signal, ...this.checkpointField() }
  }

  private interruptedField(): { interrupted?: true } {
    return this.interrupted ? { interrupted: true } : {}
  }

  private checkpointField(): { lastCheckpoint?: string } {
    return this.lastCheckpoint === undefined ? {} : { lastCheckpoint: this.lastCheckpoint }
  }

  private async lookForCancelFile(path: string): Promise<void> {
    const there = await access(path).then(
      () => true,
      () => false,
    )
    if (!there || this.cancelFileSeen) return
    this.cancelFileSeen = true
    this.cancel('the file CANCEL appeared in the job folder')
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((r) => (resolve = r))
  return { promise, resolve }
}
