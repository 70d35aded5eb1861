import { isAbsolute, join, relative, sep } from 'node:path'
import type { JobEvent } from '#job/contract.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import type { JobRequestRecord, JobState } from '#job/job-state.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { JobJournal } from './job-journal.ts'
import type { JobOutcome } from './job-outcome.ts'

const WRITE_INTERVAL = 500

/** Keeps a job's folder: request first, then state, log and metrics as the events come. */
export class JobRecord {
  private readonly folder: string
  private readonly request: JobRequestRecord
  private readonly journal: JobJournal
  private readonly onError: (error: unknown) => void
  private readonly started = new Date().toISOString()
  private state: JobState
  private readonly stages: { name: string; seconds?: number }[] = []
  private planned: readonly string[] | undefined
  private stageBegan = 0
  private ownsJournal = true
  private dirty = false
  private writing: Promise<void> = Promise.resolve()
  private readonly timer: NodeJS.Timeout

  private constructor(folder: string, request: JobRequestRecord, journal: JobJournal, onError: (error: unknown) => void) {
    this.folder = folder
    this.request = request
    this.journal = journal
    this.onError = onError
    this.state = { state: 'pending', ...this.common() }
    this.timer = setInterval(() => void this.write().catch(onError), WRITE_INTERVAL).unref()
  }

  /** Writes job.json before anything else, then the pending state. */
  static async create(folder: string, request: JobRequestRecord, options: { readonly journal?: JobJournal | undefined; readonly onError: (error: unknown) => void }): Promise<JobRecord> {
    await writeFileAtomic(join(folder, JOB_FILES.request), `${JSON.stringify(request, null, 2)}\n`)
    const journal = options.journal ?? (await JobJournal.open(folder, options.onError))
    const record = new JobRecord(folder, request, journal, options.onError)
    record.ownsJournal = options.journal === undefined
    record.dirty = true
    await record.write()
    return record
  }

  add(event: JobEvent): void {
    const time = new Date(event.time).toISOString()
    if (event.type === 'ready') {
      this.state = { state: 'running', ...this.common(), backend: event.backend, device: event.device, started: this.started, fraction: 0 }
    } else if (event.type === 'stage') {
      this.endStage(event.time)
      this.stageBegan = event.time
      this.stages.push({ name: event.name })
      this.planned = event.names
      if (this.state.state === 'running') this.state = { ...this.state, stage: event.name, stages: this.stages.map((stage) => ({ ...stage })), ...this.plan(), updated: time }
      this.journal.append({ type: 'log', time, level: 'info', text: `stage ${event.index + 1} of ${event.count}: ${event.name}` })
    } else if (event.type === 'progress') {
      if (this.state.state === 'running') this.state = { ...this.state, fraction: event.fraction, updated: time }
    } else if (event.type === 'log') {
      this.journal.append({ type: 'log', time, level: event.level, text: event.text, ...(event.fields && { fields: event.fields }) })
    } else if (event.type === 'metric') {
      this.journal.append({ type: 'metric', time, name: event.name, step: event.step, value: event.value, ...(event.unit !== undefined && { unit: event.unit }) })
    } else if (event.type === 'preview') {
      this.journal.append({ type: 'preview', time, picture: event })
    } else if (event.type === 'artifact') {
      const path = this.portable(event.path)
      this.journal.append({ type: 'log', time, level: 'info', text: `wrote ${path}`, fields: { role: event.role, path, ...(event.summary && { summary: event.summary }) } })
    } else if (event.type !== 'checkpoint') {
      return // terminal events come through `finish`
    }
    this.dirty = true
    if (event.type === 'ready' || event.type === 'stage' || event.type === 'checkpoint') void this.write().catch(this.onError)
  }

  /** The last word; everything is on disk when it resolves. */
  async finish(outcome: JobOutcome): Promise<void> {
    clearInterval(this.timer)
    const { backend, device } = this.state
    const common = { ...this.common(), ...(backend !== undefined && { backend }), ...(device !== undefined && { device }) }
    this.endStage(Date.now())
    const came = this.state.state === 'running' ? { fraction: this.state.fraction, ...(this.state.stage !== undefined && { stage: this.state.stage }) } : {}
    const times = { started: this.started, finished: new Date().toISOString(), stages: this.stages, ...this.plan(), ...(outcome.state !== 'succeeded' && came) }
    this.journal.append({ type: 'log', time: times.finished, ...lastLine(outcome) })
    await this.writing.catch(() => undefined) // an earlier failure has been reported; this is another attempt
    await (this.ownsJournal ? this.journal.close() : this.journal.flush())
    this.state = { ...outcome, ...common, ...times }
    this.dirty = true
    this.writing = Promise.resolve()
    await this.write()
  }

  private plan(): Pick<JobState, 'planned'> {
    return this.planned ? { planned: [...this.planned] } : {}
  }

  /** Relative to the job's folder where it lies inside: the folder may be moved. */
  private portable(path: string): string {
    const inside = relative(this.folder, path)
    return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
  }

  private endStage(time: number): void {
    const last = this.stages.at(-1)
    if (last && last.seconds === undefined) last.seconds = (time - this.stageBegan) / 1000
  }

  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (!this.dirty) return
      this.dirty = false
      await Promise.all([this.journal.flush(), writeFileAtomic(join(this.folder, JOB_FILES.state), `${JSON.stringify(this.state, null, 2)}\n`)])
    })
    return this.writing
  }

  private common(): Pick<JobState, 'version' | 'jobId' | 'task' | 'writerPid' | 'updated'> {
    return { version: 1, jobId: this.request.jobId, task: this.request.task, writerPid: process.pid, updated: new Date().toISOString() }
  }
}

function lastLine(outcome: JobOutcome): { level: 'info' | 'error'; text: string; fields?: Record<string, unknown> } {
  if (outcome.state === 'succeeded') return { level: 'info', text: 'succeeded' }
  if (outcome.state === 'cancelled') {
    const word = outcome.interrupted ? 'interrupted' : 'cancelled'
    return { level: 'info', text: outcome.killed ? `${word} (killed)` : word }
  }
  return { level: 'error', text: outcome.error.message, fields: { ...outcome.error } }
}
