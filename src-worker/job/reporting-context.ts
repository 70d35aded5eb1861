import { AppError } from '#core/error.ts'
import type { ComputePool } from '#parallel/compute-pool.ts'
import { cancelledJob, type JobContext, type LogLevel, type Preview, type Stage } from './context.ts'
import type { EventBody } from './contract.ts'
import { JOB_FILES, statePath } from './job-folder.ts'

const PROGRESS_INTERVAL = 100
const PREVIEW_INTERVAL = 1000
const BREATH_INTERVAL = 50
const PREVIEW_BOX = 128
/** Progress stays below 1 until the job has succeeded. */
const ALMOST = 0.9999

/** How states are kept in files. */
export interface StateFiles {
  /** The file is then either as before or complete and on disk. */
  write(path: string, state: unknown): Promise<void>
  /** Undefined where there is no such file. */
  read(path: string): Promise<unknown>
}

export interface ReportingOptions {
  readonly folder: string | undefined
  readonly seed: number
  readonly signal: AbortSignal
  readonly pool: ComputePool
  readonly emit: (event: EventBody) => void
  readonly states: StateFiles
  /** The folder of states that an earlier run of this job left. */
  readonly resumeFrom?: string | undefined
  readonly now?: () => number
}

/** The context of a job that someone watches: everything becomes events. */
export class ReportingContext implements JobContext {
  readonly folder: string | undefined
  readonly seed: number
  readonly signal: AbortSignal
  readonly pool: ComputePool
  lastCheckpoint: string | undefined
  private readonly options: ReportingOptions
  private readonly now: () => number
  private readonly started: number
  private list: readonly Stage[] = []
  private current = -1
  private stageStarted = 0
  private fraction = 0
  private lastProgress = -Infinity
  private lastMessage: string | undefined
  private checkpoints = 0
  private lastBreath: number
  private ended = false
  private readonly pictures = new Map<Preview['what'], { sent: number; waiting?: Preview | undefined; timer?: NodeJS.Timeout | undefined }>()

  constructor(options: ReportingOptions) {
    this.options = options
    this.folder = options.folder
    this.seed = options.seed
    this.signal = options.signal
    this.pool = options.pool
    this.now = options.now ?? Date.now
    this.started = this.now()
    this.lastBreath = this.started
  }

  stages(list: readonly Stage[]): void {
    if (this.current >= 0) throw new AppError('Internal', 'stages are announced before the first one begins')
    const total = list.reduce((sum, stage) => sum + stage.weight, 0)
    if (!(total > 0)) throw new AppError('Internal', 'the weights of the stages must add up to something positive')
    this.list = list.map((stage) => ({ name: stage.name, weight: stage.weight / total }))
  }

  async stage<T>(name: string, work: () => Promise<T>): Promise<T> {
    const index = this.list.findIndex((stage, i) => i > this.current && stage.name === name)
    if (index < 0) throw new AppError('Internal', `stage "${name}" was not announced, or comes out of order`)
    await this.breathe()
    this.current = index
    this.stageStarted = this.now()
    this.emit({ type: 'stage', name, index, count: this.list.length, names: this.list.map((stage) => stage.name), weight: this.list[index]!.weight })
    this.report(0, undefined, true)
    const result = await work()
    this.report(1, undefined, true)
    return result
  }

  progress(fractionOfStage: number, message?: string): void {
    this.report(fractionOfStage, message, false)
  }

  log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void {
    this.emit({ type: 'log', level, text, ...(fields && { fields: { ...fields } }) })
  }

  metric(name: string, step: number, value: number, unit?: string): void {
    this.emit({ type: 'metric', name, step, value: Number.isFinite(value) ? value : null, ...(unit !== undefined && { unit }) })
  }

  preview(preview: Preview): void {
    if (preview.shape.some((side) => side > PREVIEW_BOX)) {
      throw new AppError('Internal', `a preview has sides of at most ${PREVIEW_BOX}, not ${preview.shape.join(' x ')}`)
    }
    const place = this.pictures.get(preview.what) ?? { sent: -Infinity }
    this.pictures.set(preview.what, place)
    place.waiting = preview
    const wait = place.sent + PREVIEW_INTERVAL - this.now()
    if (wait <= 0) this.sendPreview(preview.what)
    else {
      place.timer ??= setTimeout(() => {
        place.timer = undefined
        this.sendPreview(preview.what)
      }, wait).unref()
    }
  }

  async checkpoint(name: string, state: unknown): Promise<void> {
    if (this.folder === undefined) return
    const path = statePath(`${this.folder}/${JOB_FILES.checkpoints}`, name)
    await this.options.states.write(path, state)
    this.lastCheckpoint = path
    this.emit({ type: 'checkpoint', step: this.checkpoints++, path })
  }

  async restore<T>(name: string): Promise<T | undefined> {
    const { resumeFrom, states } = this.options
    return resumeFrom === undefined ? undefined : ((await states.read(statePath(resumeFrom, name))) as T | undefined)
  }

  artifact(role: string, path: string, summary?: Readonly<Record<string, unknown>>): void {
    this.emit({ type: 'artifact', role, path, ...(summary && { summary: { ...summary } }) })
  }

  async breathe(): Promise<void> {
    if (this.signal.aborted) throw cancelledJob()
    if (this.now() - this.lastBreath < BREATH_INTERVAL) return
    await new Promise((resolve) => setImmediate(resolve))
    this.lastBreath = this.now()
    if (this.signal.aborted) throw cancelledJob()
  }

  /** Nothing leaves after this, whatever the task left running. */
  end(): void {
    this.ended = true
    for (const { timer } of this.pictures.values()) clearTimeout(timer)
    this.pictures.clear()
  }

  private emit(event: EventBody): void {
    if (!this.ended) this.options.emit(event)
  }

  private report(fractionOfStage: number, message: string | undefined, always: boolean): void {
    const before = this.list.slice(0, Math.max(0, this.current)).reduce((sum, stage) => sum + stage.weight, 0)
    const weight = this.list[this.current]?.weight ?? 1
    const inside = Math.min(1, Math.max(0, Number.isFinite(fractionOfStage) ? fractionOfStage : 0))
    this.fraction = Math.max(this.fraction, Math.min(ALMOST, before + weight * inside))
    const now = this.now()
    if (!always && now - this.lastProgress < PROGRESS_INTERVAL && message === this.lastMessage) return
    this.lastProgress = now
    this.lastMessage = message
    const secondsLeft = this.secondsLeft(now, weight * inside)
    this.emit({
      type: 'progress',
      fraction: this.fraction,
      ...(message !== undefined && { message }),
      ...(secondsLeft !== undefined && { secondsLeft }),
    })
  }

  /** From the pace of the present stage once that is known, else from the pace so far. */
  private secondsLeft(now: number, doneInStage: number): number | undefined {
    const left = 1 - this.fraction
    if (doneInStage > 0.01 && now - this.stageStarted > 1000) return ((now - this.stageStarted) / 1000 / doneInStage) * left
    const elapsed = (now - this.started) / 1000
    return elapsed > 2 && this.fraction > 0.01 ? (elapsed / this.fraction) * left : undefined
  }

  private sendPreview(what: Preview['what']): void {
    const place = this.pictures.get(what)
    const preview = place?.waiting
    if (!place || !preview) return
    place.waiting = undefined
    place.sent = this.now()
    const { step, shape, data, voxelSize } = preview
    this.emit({ type: 'preview', step, what, shape: [...shape], bytes: data.slice(), ...(voxelSize !== undefined && { voxelSize }) })
  }
}
