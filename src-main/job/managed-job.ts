import { mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { JobSummary } from '#contract/job.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import type { JobEvent as WorkerEvent } from '#job/contract.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { jobRequestSchema, type JobRequestRecord, type JobState } from '#job/job-state.ts'
import { isAlive, readJobState } from './claim-folder.ts'
import { JobJournal, readJournal, type JournalEvent } from './job-journal.ts'
import { jobSummary, type JobFacts } from './job-summary.ts'
import type { SupervisedJob } from './supervisor.ts'

/** A running job's summary goes into the journal when it moved this far, or when this long has passed. */
const TELL_STEP = 0.005
const TELL_INTERVAL = 2000

/** One job of a project: its folder, and what this service does with it. */
export class ManagedJob {
  readonly id: string
  readonly folder: string
  request: JobRequestRecord
  state: JobState
  /** `queued` waits for its turn; `starting` and `running` are this service's doing; `idle` is what the folder says. */
  phase: 'idle' | 'queued' | 'starting' | 'running' = 'idle'
  /** It goes on from the states that it keeps. */
  resuming = false
  /** Somebody cancelled it before its worker was there. */
  cancelled = false
  supervised: SupervisedJob | undefined
  /** Open while the job is not idle. */
  journal: JobJournal | undefined
  private closing: Promise<void> | undefined
  private checkpoints = false
  private live: { fraction: number; stage?: string | undefined; secondsLeft?: number | undefined } = { fraction: 0 }
  private told: { readonly summary: JobSummary; readonly at: number } | undefined

  private constructor(folder: string, id: string, request: JobRequestRecord, state: JobState) {
    this.folder = folder
    this.id = id
    this.request = request
    this.state = state
  }

  /** A new job in a folder of its own. */
  static async create(folder: string, id: string, request: JobRequestRecord): Promise<ManagedJob> {
    const job = new ManagedJob(folder, id, request, pending(request))
    await job.writeRequest()
    await job.writeState()
    return job
  }

  /** The job of a folder; undefined where there is none. */
  static async read(folder: string, id: string): Promise<ManagedJob | undefined> {
    const text = await readFile(join(folder, JOB_FILES.request), 'utf8').catch(() => undefined) // no job: somebody else's folder
    if (text === undefined) return undefined
    const request = jobRequestSchema.safeParse(parsed(text))
    if (!request.success) return undefined
    const job = new ManagedJob(folder, id, request.data, (await readJobState(folder)) ?? pending(request.data))
    await job.lookForCheckpoints()
    return job
  }

  summary(): JobSummary {
    return jobSummary(this.facts())
  }

  facts(): JobFacts {
    const running = this.phase === 'starting' || this.phase === 'running'
    const elsewhere = this.phase === 'idle' && this.belongsToOther() && this.state.state === 'running' ? { fraction: this.state.fraction, stage: this.state.stage } : undefined
    return { id: this.id, projectFolder: dirname(dirname(this.folder)), request: this.request, state: this.state, queued: this.phase === 'queued', live: running ? this.live : elsewhere, checkpoints: this.checkpoints }
  }

  /** Another process is working in the folder. */
  belongsToOther(): boolean {
    return (this.state.state === 'running' || this.state.state === 'pending') && isAlive(this.state.writerPid)
  }

  /** Every event after a number, from memory or from the folder. */
  async events(after: number): Promise<readonly JournalEvent[]> {
    return this.journal ? this.journal.read(after) : (await readJournal(this.folder)).filter((event) => event.sequence > after)
  }

  async openJournal(onError: (error: unknown) => void): Promise<void> {
    await this.closing
    this.journal ??= await JobJournal.open(this.folder, onError)
  }

  /** Idle again: what the folder says holds. Followers hear the last summary. */
  async settle(): Promise<void> {
    this.state = (await readJobState(this.folder)) ?? this.state
    await this.lookForCheckpoints()
    this.phase = 'idle'
    this.resuming = false
    this.supervised = undefined
    this.live = { fraction: 0 }
    this.tell()
    const { journal } = this
    // Followers read from it until everything is in the files.
    this.closing = journal?.close().then(() => {
      this.journal = undefined
    })
    await this.closing
  }

  /** What the worker says, as far as the summary speaks of it; true when that changed for somebody who looks at a list. */
  hear(event: WorkerEvent): boolean {
    this.state = heard(this.state, event)
    if (event.type === 'stage') this.live = { ...this.live, stage: event.name }
    else if (event.type === 'progress') this.live = { ...this.live, fraction: event.fraction, secondsLeft: event.secondsLeft }
    else if (event.type === 'ready') this.live = { fraction: 0 }
    else return false
    const before = this.told
    const moved = !before || event.type !== 'progress' || event.fraction - before.summary.fraction >= TELL_STEP || Date.now() - before.at >= TELL_INTERVAL
    if (moved) this.tell()
    return true
  }

  /** Enters the present summary into the journal. */
  tell(): void {
    const summary = this.summary()
    this.told = { summary, at: Date.now() }
    this.journal?.append({ type: 'state', job: summary })
  }

  async writeRequest(): Promise<void> {
    await writeFileAtomic(join(this.folder, JOB_FILES.request), `${JSON.stringify(this.request, null, 2)}\n`)
  }

  async writeState(): Promise<void> {
    await mkdir(this.folder, { recursive: true })
    await writeFileAtomic(join(this.folder, JOB_FILES.state), `${JSON.stringify(this.state, null, 2)}\n`)
  }

  /** Says in the folder that the job ended before it was done, nobody working at it. */
  async recordEnd(interrupted: boolean): Promise<void> {
    const { state, ...rest } = this.state
    const now = new Date().toISOString()
    const fields = state === 'running' ? this.state : undefined
    const { started, fraction, stage } = (fields ?? {}) as Partial<Extract<JobState, { state: 'running' }>>
    const { version, jobId, task, backend, device, stages, planned } = rest
    this.state = {
      state: 'cancelled', version, jobId, task, writerPid: process.pid, updated: now, started: started ?? now, finished: now, killed: false, ...(interrupted && { interrupted }),
      ...(backend !== undefined && { backend }), ...(device !== undefined && { device }), ...(stages && { stages }), ...(planned && { planned }), ...(fraction !== undefined && { fraction }), ...(stage !== undefined && { stage }),
    }
    await this.writeState()
  }

  private async lookForCheckpoints(): Promise<void> {
    const names = await readdir(join(this.folder, JOB_FILES.checkpoints)).catch(() => []) // none was kept
    this.checkpoints = names.some((name) => !name.endsWith('.part'))
  }
}

function pending(request: JobRequestRecord): JobState {
  return { state: 'pending', version: 1, jobId: request.jobId, task: request.task, writerPid: process.pid, updated: new Date().toISOString() }
}

/** A running job's state between two readings of its folder, which says the same half a second later. */
function heard(state: JobState, event: WorkerEvent): JobState {
  const time = new Date(event.time).toISOString()
  if (event.type === 'ready') {
    const { version, jobId, task, writerPid } = state
    return { state: 'running', version, jobId, task, writerPid, updated: time, backend: event.backend, device: event.device, started: time, fraction: 0, stages: [] }
  }
  if (event.type !== 'stage' || state.state !== 'running') return state
  const began = new Date(state.updated).getTime()
  const over = (state.stages ?? []).map((stage) => (stage.seconds === undefined ? { ...stage, seconds: (event.time - began) / 1000 } : stage))
  return { ...state, updated: time, stage: event.name, stages: [...over, { name: event.name }], ...(event.names && { planned: event.names }) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema says that this is no request
  }
}
