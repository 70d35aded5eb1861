import { join } from 'node:path'
import type { JobEvent } from '#job/contract.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import type { JobRequestRecord, JobState } from '#job/job-state.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { LineFile } from './line-file.ts'
import type { JobOutcome } from './job-outcome.ts'

const WRITE_INTERVAL = 500

/** Keeps a job's folder: request first, then state, log and metrics as the events come. */
export class JobRecord {
  private readonly folder: string
  private readonly request: JobRequestRecord
  private readonly logFile: LineFile
  private readonly metricFile: LineFile
  private readonly onError: (error: unknown) => void
  private readonly started = new Date().toISOString()
  private state: JobState
  private dirty = false
  private writing: Promise<void> = Promise.resolve()
  private readonly timer: NodeJS.Timeout

  private constructor(folder: string, request: JobRequestRecord, onError: (error: unknown) => void) {
    this.folder = folder
    this.request = request
    this.onError = onError
    this.logFile = new LineFile(join(folder, JOB_FILES.log))
    this.metricFile = new LineFile(join(folder, JOB_FILES.metrics))
    this.state = { state: 'pending', ...this.common() }
    this.timer = setInterval(() => void this.write().catch(onError), WRITE_INTERVAL).unref()
  }

  /** Writes job.json before anything else, then the pending state. */
  static async create(folder: string, request: JobRequestRecord, onError: (error: unknown) => void): Promise<JobRecord> {
    await writeFileAtomic(join(folder, JOB_FILES.request), `${JSON.stringify(request, null, 2)}\n`)
    const record = new JobRecord(folder, request, onError)
    record.dirty = true
    await record.write()
    return record
  }

  add(event: JobEvent): void {
    const time = new Date(event.time).toISOString()
    if (event.type === 'ready') {
      this.state = { state: 'running', ...this.common(), backend: event.backend, device: event.device, started: this.started, fraction: 0 }
    } else if (event.type === 'stage') {
      if (this.state.state === 'running') this.state = { ...this.state, stage: event.name, updated: time }
      this.logFile.append({ time, level: 'info', text: `stage ${event.index + 1} of ${event.count}: ${event.name}` })
    } else if (event.type === 'progress') {
      if (this.state.state === 'running') this.state = { ...this.state, fraction: event.fraction, updated: time }
    } else if (event.type === 'log') {
      this.logFile.append({ time, level: event.level, text: event.text, ...(event.fields && { fields: event.fields }) })
    } else if (event.type === 'metric') {
      this.metricFile.append({ time, name: event.name, step: event.step, value: event.value, ...(event.unit !== undefined && { unit: event.unit }) })
    } else if (event.type === 'artifact' || event.type === 'checkpoint') {
      const { jobId: _job, sequence: _sequence, time: _time, type, ...fields } = event
      this.logFile.append({ time, level: 'info', text: `${type}: ${event.path}`, fields })
    } else {
      return // previews are not kept; terminal events come through `finish`
    }
    this.dirty = true
    if (event.type !== 'progress' && event.type !== 'metric') void this.write().catch(this.onError)
  }

  /** The last word; everything is on disk when it resolves. */
  async finish(outcome: JobOutcome): Promise<void> {
    clearInterval(this.timer)
    const { backend, device } = this.state
    const common = { ...this.common(), ...(backend !== undefined && { backend }), ...(device !== undefined && { device }) }
    const times = { started: this.started, finished: new Date().toISOString() }
    this.logFile.append({ time: times.finished, ...lastLine(outcome) })
    await this.writing.catch(() => undefined) // an earlier failure has been reported; this is another attempt
    await Promise.all([this.logFile.close(), this.metricFile.close()])
    this.state = { ...outcome, ...common, ...times }
    this.dirty = true
    this.writing = Promise.resolve()
    await this.write()
  }

  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (!this.dirty) return
      this.dirty = false
      await Promise.all([
        this.logFile.flush(),
        this.metricFile.flush(),
        writeFileAtomic(join(this.folder, JOB_FILES.state), `${JSON.stringify(this.state, null, 2)}\n`),
      ])
    })
    return this.writing
  }

  private common(): Pick<JobState, 'version' | 'jobId' | 'task' | 'writerPid' | 'updated'> {
    return { version: 1, jobId: this.request.jobId, task: this.request.task, writerPid: process.pid, updated: new Date().toISOString() }
  }
}

function lastLine(outcome: JobOutcome): { level: string; text: string; fields?: Record<string, unknown> } {
  if (outcome.state === 'succeeded') return { level: 'info', text: 'succeeded' }
  if (outcome.state === 'cancelled') return { level: 'info', text: outcome.killed ? 'cancelled (killed)' : 'cancelled' }
  return { level: 'error', text: outcome.error.message, fields: { ...outcome.error } }
}
