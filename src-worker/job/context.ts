import { AppError } from '#core/error.ts'
import { ComputePool } from '#parallel/compute-pool.ts'

export type LogLevel = 'info' | 'warning' | 'error'

/** One step of a job: its name, and its share of the whole (any positive number; shares are normalised). */
export interface Stage {
  readonly name: string
  readonly weight: number
}

/**
 * A small picture of where the work stands: x fastest, every side at most 128. A viewing distribution is a density on the
 * sphere, columns of azimuth and rows of polar angle (`core/distribution/viewing-grid.ts`).
 */
export interface Preview {
  readonly step: number
  readonly what: 'volume' | 'image' | 'viewing-distribution'
  readonly shape: readonly number[]
  readonly data: Float32Array
  /** A, of volumes. */
  readonly voxelSize?: number
}

/** What a task's `run` gets: how it tells about its work, and how it learns that it should stop. */
export interface JobContext {
  /** The job's folder, where there is one: results go to `<folder>/result`. */
  readonly folder: string | undefined
  readonly seed: number
  readonly signal: AbortSignal
  readonly pool: ComputePool
  /** Names the steps, once, before the first `stage`. */
  stages(list: readonly Stage[]): void
  /** Does one step: the name must be one of those announced. */
  stage<T>(name: string, work: () => Promise<T>): Promise<T>
  /** How far the present stage is, 0 to 1. Absolute; a smaller value than before is ignored. */
  progress(fractionOfStage: number, message?: string): void
  log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void
  metric(name: string, step: number, value: number, unit?: string): void
  /** Shown if someone looks; at most one of a kind leaves a second, the latest wins. Never the only copy of anything. */
  preview(preview: Preview): void
  /**
   * Keeps a named state (plain data and typed arrays) from which the work could go on; resolves when it is safely on
   * disk. Nothing without a folder.
   */
  checkpoint(name: string, state: unknown): Promise<void>
  /** The state of that name that an earlier run of this job kept; undefined in a fresh job, and where there is none. */
  restore<T>(name: string): Promise<T | undefined>
  /** A file that now exists completely under its final name. */
  artifact(role: string, path: string, summary?: Readonly<Record<string, unknown>>): void
  /** Gives the event loop a turn (throttled) and throws `Cancelled` when the job is to stop. Call it in long loops. */
  breathe(): Promise<void>
}

export interface SilentContextOptions {
  readonly folder?: string
  readonly seed?: number
  readonly signal?: AbortSignal
  readonly pool?: ComputePool
  readonly onProgress?: (fractionOfStage: number, message?: string) => void
  readonly onLog?: (level: LogLevel, text: string) => void
}

/** A context that tells nobody and costs nothing: the same task code in a unit test or a script. */
export function silentContext(options: SilentContextOptions = {}): JobContext {
  const signal = options.signal ?? new AbortController().signal
  return {
    folder: options.folder,
    seed: options.seed ?? 1,
    signal,
    pool: options.pool ?? new ComputePool({ size: 0 }),
    stages: () => undefined,
    stage: (_name, work) => work(),
    progress: (fraction, message) => options.onProgress?.(fraction, message),
    log: (level, text) => options.onLog?.(level, text),
    metric: () => undefined,
    preview: () => undefined,
    checkpoint: () => Promise.resolve(),
    restore: () => Promise.resolve(undefined),
    artifact: () => undefined,
    breathe: () => (signal.aborted ? Promise.reject(cancelledJob()) : Promise.resolve()),
  }
}

/** What `breathe` throws after a cancel. */
export function cancelledJob(): AppError {
  return new AppError('Cancelled', 'the job was cancelled')
}

/** Does a step of which the job keeps the result, or takes what an interrupted run of the same job kept of it. */
export async function remembered<T>(context: JobContext, name: string, work: () => Promise<T>): Promise<T> {
  const before = await context.restore<T>(name)
  if (before !== undefined) return before
  const result = await work()
  await context.checkpoint(name, result)
  return result
}
