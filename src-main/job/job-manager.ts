import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { Job, JobEvent, JobPreview, JobSummary } from '#contract/job.ts'
import { AppError } from '#core/error.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import type { JobRequestRecord } from '#job/job-state.ts'
import { portableSentence } from '../project/portable-sentence.ts'
import { commandLine } from '../cli/command-line.ts'
import type { JournalEvent } from './job-journal.ts'
import { jobDescription } from './job-summary.ts'
import { ManagedJob } from './managed-job.ts'
import { inputFiles, outputSettings, withOutputs, withPaths } from './path-settings.ts'
import type { PreviewEntry } from './preview-folder.ts'
import { superviseJob } from './supervisor.ts'
import { parseTaskSettings } from './task-settings.ts'
import type { WorkerHost } from './worker-host.ts'

export interface JobManagerOptions {
  readonly projectFolder: string
  /** Somebody else may write here: everything can be looked at, nothing changed. */
  readonly readOnly: boolean | (() => boolean)
  /** The built worker. */
  readonly workerPath: string
  /** How a worker process is started; default: forked. */
  readonly host?: WorkerHost | undefined
  readonly threads?: number | undefined
  readonly versions: Readonly<Record<string, string>>
  /** Something in the list of jobs is another than before. */
  readonly onChange: () => void
  readonly onNotice: (level: 'info' | 'warning' | 'error', text: string) => void
  /** A path as a person gave it (relative to the project, or absolute) to an absolute one; refuses what may not be read. */
  readonly resolvePath: (path: string) => string | Promise<string>
}

export interface JobSubmission {
  readonly task: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed?: number | undefined
  readonly name?: string | undefined
}

const JOBS = 'jobs'
const TRASH = 'trash'
/** A worker that does not stop by its own word within this is ended by force: states are whole files, so none is lost. */
const CANCEL_GRACE = 500
const DEFAULT_SEED = 1

/** The jobs of one project: their folders, a queue with one computing job at a time, and those who follow them. */
export class JobManager {
  private readonly options: JobManagerOptions
  private readonly folder: string
  private readonly jobs = new Map<string, ManagedJob>()
  private queue: ManagedJob[] = []
  /** The one that computes, until its folder says how it ended. */
  private running: { readonly job: ManagedJob; readonly ended: Promise<void> } | undefined
  private makingFolder: Promise<unknown> = Promise.resolve()
  private closed = false

  constructor(options: JobManagerOptions) {
    this.options = options
    this.folder = join(options.projectFolder, JOBS)
  }

  /** Reads the jobs that are there; gives the ids of those that were interrupted. Nothing starts by itself. */
  async open(): Promise<readonly string[]> {
    const names = await readdir(this.folder).catch(() => []) // a new project
    for (const name of names.sort()) {
      const job = await ManagedJob.read(join(this.folder, name), name)
      if (job) this.jobs.set(name, job)
    }
    const interrupted = [...this.jobs.values()].filter((job) => job.summary().state === 'interrupted')
    if (!this.readOnly) for (const job of interrupted) if (job.state.state !== 'cancelled') await job.recordEnd(true)
    return interrupted.map((job) => job.id)
  }

  /** Every job, newest first; those in the queue in the order of their turn. */
  list(): JobSummary[] {
    const waiting = this.queue.toReversed()
    const rest = [...this.jobs.values()].filter((job) => !waiting.includes(job))
    rest.sort((a, b) => b.request.created.localeCompare(a.request.created) || b.id.localeCompare(a.id))
    return [...waiting, ...rest].map((job) => job.summary())
  }

  async get(id: string): Promise<Job> {
    const job = this.find(id)
    const { task, settings, seed } = job.request
    const warnings = (await job.events(0)).flatMap((event) => (event.type === 'log' && event.level === 'warning' ? [portableSentence(event.text, this.options.projectFolder)] : []))
    const command = commandLine({ task, settings: withOutputs(task, withPaths(task, settings, (path) => this.absolute(path)), ''), seed, out: id })
    return jobDescription(job.facts(), { folder: `${JOBS}/${id}`, command, warnings: [...new Set(warnings)] })
  }

  /** The absolute folder of a job. */
  folderOf(id: string): string {
    return this.find(id).folder
  }

  /** Checks the settings, makes the job's folder and puts it at the end of the queue. */
  async submit({ task, settings, seed = DEFAULT_SEED, name }: JobSubmission): Promise<JobSummary> {
    this.requireWritable()
    const given = Object.fromEntries(Object.entries(settings).filter(([key, value]) => value !== undefined && !outputSettings(task).includes(key)))
    const recorded = withPaths(task, given, (path) => this.portable(path))
    await this.startSettings(task, recorded, '.') // refuses now what would be refused at the start
    const { id, folder } = await this.newFolder()
    const { threads, versions } = this.options
    const request: JobRequestRecord = {
      version: 1,
      jobId: id,
      task,
      ...(name !== undefined && name.trim() !== '' && { name: name.trim() }),
      settings: recorded,
      seed,
      ...(threads !== undefined && { threads }),
      created: new Date().toISOString(),
      workingFolder: this.options.projectFolder,
      versions: { node: process.version, platform: `${process.platform} ${process.arch}`, ...versions },
    }
    const job = await ManagedJob.create(folder, id, request)
    this.jobs.set(id, job)
    await this.enqueue(job)
    return job.summary()
  }

  /** Answers at once: a waiting job is cancelled, a running one stops within a second. */
  async cancel(id: string): Promise<JobSummary> {
    const job = this.find(id)
    this.requireWritable()
    if (job.supervised) job.supervised.cancel('by the user')
    else if (job.phase === 'starting' || (job.phase === 'queued' && !this.queue.includes(job))) job.cancelled = true
    else if (job.phase === 'queued') {
      this.queue = this.queue.filter((each) => each !== job)
      await this.endWaiting(job, false)
    } else throw new AppError('Conflict', `${nameOf(job)} is not running`, { job: id, found: job.summary().state })
    return job.summary()
  }

  /** Puts a job that was stopped, or that failed, into the queue again; it goes on from the states it keeps. */
  async resume(id: string): Promise<JobSummary> {
    const job = this.find(id)
    this.requireWritable()
    const { state, resumable } = job.summary()
    if (!resumable) throw new AppError('Conflict', `${nameOf(job)} cannot be resumed: it ${state === 'failed' ? 'failed and keeps nothing to go on from' : `is ${state}`}`, { job: id, found: state })
    job.resuming = true
    await this.enqueue(job)
    return job.summary()
  }

  async rename(id: string, name: string): Promise<JobSummary> {
    const job = this.find(id)
    this.requireWritable()
    job.request = { ...job.request, name: name.trim() }
    await job.writeRequest()
    job.tell()
    this.options.onChange()
    return job.summary()
  }

  /** Moves the job's folder to the project's trash. */
  async remove(id: string): Promise<void> {
    const job = this.find(id)
    this.requireWritable()
    if (job.phase !== 'idle' || job.belongsToOther()) throw new AppError('Conflict', `${nameOf(job)} is ${job.summary().state}: cancel it first`, { job: id })
    const trash = join(this.options.projectFolder, TRASH)
    await mkdir(trash, { recursive: true })
    await rm(join(trash, id), { recursive: true, force: true }) // ids are not used twice: an older copy of the same job
    await rename(job.folder, join(trash, id))
    this.jobs.delete(id)
    this.options.onChange()
  }

  /** Takes a job out of the project's trash. */
  async restore(id: string): Promise<JobSummary> {
    this.requireWritable()
    const from = join(this.options.projectFolder, TRASH, id)
    const there = /^\w[\w.-]*$/.test(id) && !this.jobs.has(id) && (await ManagedJob.read(from, id))
    if (!there) throw new AppError('NotFound', `there is no job "${id}" in the project's trash`, { job: id })
    await rename(from, join(this.folder, id))
    const job = (await ManagedJob.read(join(this.folder, id), id))!
    this.jobs.set(id, job)
    this.options.onChange()
    return job.summary()
  }

  /** Gives a waiting job its turn before another one's, or last. */
  reorder(id: string, before: string | null): JobSummary[] {
    const job = this.find(id)
    this.requireWritable()
    const target = before === null ? undefined : this.find(before)
    for (const each of [job, target]) if (each && each.phase !== 'queued') throw new AppError('Conflict', `${nameOf(each)} is not waiting in the queue`, { job: each.id })
    if (target !== job) {
      const rest = this.queue.filter((each) => each !== job)
      rest.splice(target ? rest.indexOf(target) : rest.length, 0, job)
      this.queue = rest
      this.options.onChange()
    }
    return this.list()
  }

  async previews(id: string): Promise<JobPreview[]> {
    const job = this.find(id)
    const entries = job.journal ? job.journal.previews.list() : (await job.events(0)).flatMap((event) => (event.type === 'preview' ? [event.preview] : []))
    return entries.map((entry) => previewOf(job, entry))
  }

  /** Everything after number `after` from the job's folder, then what happens; ends when the job has ended and all was told. */
  async *follow(id: string, after = 0, signal?: AbortSignal): AsyncGenerator<JobEvent, void, void> {
    const job = this.find(id)
    let last = after
    while (!signal?.aborted && this.jobs.get(id) === job) {
      // Both before reading: what happens meanwhile is told in the next round.
      const active = job.phase !== 'idle'
      const more = job.journal?.next(signal)
      const events = await job.events(last)
      for (const event of events) {
        last = event.sequence
        yield eventOf(job, event)
      }
      if (events.length > 0) continue
      if (!active || !more) return
      await more
    }
  }

  /** Stops what runs, so that it can be resumed; resolves when every folder says so. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    const waiting = this.queue
    this.queue = []
    for (const job of waiting) await this.endWaiting(job, true)
    this.running?.job.supervised?.interrupt('the service is closing')
    await this.running?.ended
  }

  private async enqueue(job: ManagedJob): Promise<void> {
    job.phase = 'queued'
    job.cancelled = false
    // Before it is in the queue: its turn may come at once.
    await job.openJournal((error) => this.options.onNotice('error', `${nameOf(job)}: its records cannot be written: ${String(error)}`))
    if (job.cancelled) return this.endWaiting(job, false)
    if (this.closed) return this.endWaiting(job, true)
    this.queue.push(job)
    job.tell()
    this.advance()
    this.options.onChange()
  }

  /** Starts the next job when none computes. */
  private advance(): void {
    if (this.running || this.closed) return
    const job = this.queue.shift()
    if (!job) return
    job.phase = 'starting'
    const ended = this.run(job)
      .catch((error: unknown) => this.options.onNotice('error', `${nameOf(job)}: ${error instanceof Error ? error.message : String(error)}`))
      .finally(async () => {
        await job.settle()
        this.running = undefined
        this.options.onChange()
        this.advance()
      })
    this.running = { job, ended }
  }

  private async run(job: ManagedJob): Promise<void> {
    const { task, seed, threads } = job.request
    const { workerPath, host, versions } = this.options
    const results = join(job.folder, JOB_FILES.results)
    await rm(join(job.folder, JOB_FILES.cancel), { force: true })
    const settings = await this.startSettings(task, job.request.settings, results)
    await mkdir(results, { recursive: true })
    const supervised = await superviseJob(
      { task, settings, seed, threads, folder: job.folder, record: job.request, ...(job.resuming && { resumeFrom: join(job.folder, JOB_FILES.checkpoints) }) },
      { workerPath, host, versions, grace: CANCEL_GRACE, journal: job.journal, onEvent: (event) => void (job.hear(event) && this.options.onChange()) },
    )
    job.supervised = supervised
    job.phase = 'running'
    if (job.cancelled) supervised.cancel('by the user')
    if (this.closed) supervised.interrupt('the service is closing')
    this.options.onChange()
    await supervised.outcome
  }

  /** A job that waited will not get its turn. */
  private async endWaiting(job: ManagedJob, interrupted: boolean): Promise<void> {
    // One that waited to be resumed stays what it was.
    if (!job.resuming) await job.recordEnd(interrupted)
    await job.settle()
    this.options.onChange()
  }

  /** Parsed, with absolute paths: what the worker gets. */
  private async startSettings(task: string, settings: Readonly<Record<string, unknown>>, results: string): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {}
    for (const key of inputFiles(task, settings)) found[key] = await this.options.resolvePath(settings[key] as string)
    return parseTaskSettings(task, withOutputs(task, { ...settings, ...found }, results))
  }

  /** Relative to the project where it lies inside. */
  private portable(path: string): string {
    const inside = relative(this.options.projectFolder, this.absolute(path))
    return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
  }

  private absolute(path: string): string {
    return isAbsolute(path) ? path : join(this.options.projectFolder, path)
  }

  /** `J001`, `J002`, …: a number that neither a job nor the trash has. */
  private newFolder(): Promise<{ id: string; folder: string }> {
    const make = async (): Promise<{ id: string; folder: string }> => {
      await mkdir(this.folder, { recursive: true })
      const names = [...(await readdir(this.folder)), ...(await readdir(join(this.options.projectFolder, TRASH)).catch(() => []))]
      const numbers = names.flatMap((name) => (/^J\d+$/.test(name) ? [Number(name.slice(1))] : []))
      const id = `J${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`
      await mkdir(join(this.folder, id))
      return { id, folder: join(this.folder, id) }
    }
    const made = this.makingFolder.then(make)
    this.makingFolder = made.catch(() => undefined) // told to its caller
    return made
  }

  private find(id: string): ManagedJob {
    const job = this.jobs.get(id)
    if (!job) throw new AppError('NotFound', `there is no job "${id}" in this project`, { job: id })
    return job
  }

  private get readOnly(): boolean {
    const { readOnly } = this.options
    return typeof readOnly === 'function' ? readOnly() : readOnly
  }

  private requireWritable(): void {
    if (this.readOnly) throw new AppError('Conflict', 'the project is open for reading only: somebody else holds its lock')
    if (this.closed) throw new AppError('Unavailable', 'the project is being closed')
  }
}

function nameOf(job: ManagedJob): string {
  return job.request.name === undefined ? `job ${job.id}` : `job ${job.id} (${job.request.name})`
}

function previewOf(job: ManagedJob, { step, what, shape, time, voxelSize, file }: PreviewEntry): JobPreview {
  const path = `${JOBS}/${job.id}/${JOB_FILES.previews}/${file}`
  return { step, what, shape: [...shape], time, url: `/bytes/raw?path=${encodeURIComponent(path)}`, ...(voxelSize !== undefined && { voxelSize }) }
}

function eventOf(job: ManagedJob, event: JournalEvent): JobEvent {
  if (event.type === 'log') return { ...event, text: portableSentence(event.text, job.facts().projectFolder) }
  return event.type === 'preview' ? { type: 'preview', sequence: event.sequence, preview: previewOf(job, event.preview) } : event
}
