import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobEvent, JobSummary } from '#contract/job.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { LineFile } from './line-file.ts'
import { PreviewFolder, type PreviewEntry, type PreviewPicture } from './preview-folder.ts'

/** What is entered: an event before it has its number. */
export type JournalEntry =
  | { readonly type: 'log'; readonly time: string; readonly level: 'info' | 'warning' | 'error'; readonly text: string; readonly fields?: Readonly<Record<string, unknown>> }
  | { readonly type: 'metric'; readonly time: string; readonly name: string; readonly step: number; readonly value: number | null; readonly unit?: string }
  | { readonly type: 'preview'; readonly time: string; readonly picture: PreviewPicture }
  | { readonly type: 'state'; readonly job: JobSummary }

/** An event with a picture's file in place of its address, which depends on who asks. */
export type JournalEvent = Exclude<JobEvent, { type: 'preview' }> | { readonly type: 'preview'; readonly sequence: number; readonly preview: PreviewEntry }

type Line = Readonly<Record<string, unknown>> & { readonly sequence?: number; readonly time?: string }

const FLUSH_INTERVAL = 300
/** Events kept in memory for readers who follow; who is further behind reads the files again. */
const RECENT = 1000

/**
 * Everything that happens in a job, in its folder: log, metrics, pictures and changes of its summary, each in a file of
 * its own, with numbers that rise by one across all of them. Opened again, it goes on counting.
 */
export class JobJournal {
  readonly previews: PreviewFolder
  private readonly folder: string
  private readonly files: { readonly log: LineFile; readonly metric: LineFile; readonly state: LineFile }
  private readonly onError: (error: unknown) => void
  private sequence = 0
  private recent: JournalEvent[] = []
  private readonly waiting = new Set<() => void>()
  private timer: NodeJS.Timeout | undefined
  private closed = false

  private constructor(folder: string, previews: PreviewFolder, onError: (error: unknown) => void) {
    this.folder = folder
    this.previews = previews
    this.onError = onError
    this.files = { log: new LineFile(join(folder, JOB_FILES.log)), metric: new LineFile(join(folder, JOB_FILES.metrics)), state: new LineFile(join(folder, JOB_FILES.states)) }
  }

  /** @param onError hears of writes that failed after `append` has answered. */
  static async open(folder: string, onError: (error: unknown) => void): Promise<JobJournal> {
    const journal = new JobJournal(folder, await PreviewFolder.open(join(folder, JOB_FILES.previews)), onError)
    const events = await readJournal(folder)
    journal.sequence = events.at(-1)?.sequence ?? 0
    await Promise.all([JOB_FILES.log, JOB_FILES.metrics, JOB_FILES.states].map((name) => endLine(join(folder, name))))
    return journal
  }

  /** The number of the latest event. */
  get last(): number {
    return this.sequence
  }

  append(entry: JournalEntry): void {
    if (this.closed) return
    const sequence = ++this.sequence
    if (entry.type === 'preview') {
      const preview = this.previews.add(sequence, entry.time, entry.picture)
      this.remember({ type: 'preview', sequence, preview })
    } else {
      const { type, ...fields } = entry
      this.files[type].append({ sequence, ...fields })
      this.remember(eventOf(type, { sequence, ...fields }))
    }
    this.timer ??= setTimeout(() => void this.flush().catch(this.onError), FLUSH_INTERVAL).unref()
  }

  /** The events after that number, in order, as many as are at hand. */
  async read(after: number): Promise<readonly JournalEvent[]> {
    const first = this.recent[0]?.sequence ?? this.sequence + 1
    if (after + 1 >= first) return this.recent.filter((event) => event.sequence > after)
    // What is entered from now on may reach one file before an earlier event reaches another: it is left to the next call.
    const last = this.sequence
    await this.flush()
    return (await readJournal(this.folder)).filter((event) => event.sequence > after && event.sequence <= last)
  }

  /** Resolves when something more has been entered, or when the signal aborts. */
  next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || this.closed) return resolve()
      const wake = (): void => {
        signal?.removeEventListener('abort', wake)
        this.waiting.delete(wake)
        resolve()
      }
      signal?.addEventListener('abort', wake)
      this.waiting.add(wake)
    })
  }

  /** Everything entered so far is in the files. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    await Promise.all([this.files.log.flush(), this.files.metric.flush(), this.files.state.flush(), this.previews.flush()])
  }

  /** The files are closed and on disk; what is entered later is forgotten. */
  async close(): Promise<void> {
    clearTimeout(this.timer)
    this.closed = true
    await Promise.all([this.files.log.close(), this.files.metric.close(), this.files.state.close(), this.previews.close()])
    this.wake()
  }

  private remember(event: JournalEvent): void {
    this.recent.push(event)
    if (this.recent.length > 2 * RECENT) this.recent = this.recent.slice(-RECENT)
    this.wake()
  }

  private wake(): void {
    for (const each of [...this.waiting]) each()
  }
}

/** Every event that a job's folder holds, in order; damaged lines (a process was killed as it wrote) are left out. */
export async function readJournal(folder: string): Promise<JournalEvent[]> {
  const [log, metric, state, previews] = await Promise.all([readLines(join(folder, JOB_FILES.log)), readLines(join(folder, JOB_FILES.metrics)), readLines(join(folder, JOB_FILES.states)), PreviewFolder.list(join(folder, JOB_FILES.previews))])
  const lines = [...log.map((line) => ({ type: 'log' as const, line })), ...metric.map((line) => ({ type: 'metric' as const, line })), ...state.map((line) => ({ type: 'state' as const, line }))]
  // Folders of the command line's earlier versions have no numbers.
  if (lines.some(({ line }) => line.sequence === undefined)) {
    lines.sort((a, b) => String(a.line.time).localeCompare(String(b.line.time)))
    return lines.map(({ type, line }, i) => eventOf(type, { ...line, sequence: i + 1 }))
  }
  const events: JournalEvent[] = [...lines.map(({ type, line }) => eventOf(type, line)), ...previews.map((preview) => ({ type: 'preview' as const, sequence: preview.sequence, preview }))]
  return events.sort((a, b) => a.sequence - b.sequence)
}

function eventOf(type: 'log' | 'metric' | 'state', line: Line): JournalEvent {
  if (type !== 'log') return { type, ...line } as JournalEvent
  const { sequence, time, level, text } = line as Extract<JournalEvent, { type: 'log' }>
  return { type, sequence, time, level, text }
}

async function readLines(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8').catch(() => '') // no such event yet
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line]
    } catch {
      return [] // the last line of a process that was killed
    }
  })
}

/** Ends a line that a killed process left half-written, so that the next one stands by itself. */
async function endLine(path: string): Promise<void> {
  const handle = await open(path, 'r+').catch(() => undefined) // not there: nothing to end
  if (!handle) return
  try {
    const { size } = await handle.stat()
    const last = Buffer.alloc(1)
    if (size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 10) await handle.write('\n', size)
  } finally {
    await handle.close()
  }
}
