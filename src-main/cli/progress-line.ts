import type { JobEvent } from '#job/contract.ts'

const REDRAW = 100
const SPARSE_INTERVAL = 10_000
const SPARSE_STEP = 0.1
const BAR = 24

export interface ProgressLineOptions {
  readonly stream: { write(text: string): unknown; readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
  readonly quiet: boolean
  readonly verbose: boolean
  readonly now?: () => number
}

/** Shows a job's events: one line that is redrawn on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  private readonly options: ProgressLineOptions
  private readonly now: () => number
  private stage = ''
  private place = ''
  private drawn = false
  private lastDraw = -Infinity
  private lastSparse = -Infinity
  private lastFraction = 0

  constructor(options: ProgressLineOptions) {
    this.options = options
    this.now = options.now ?? Date.now
  }

  show(event: JobEvent): void {
    if (event.type === 'log') {
      if (event.level !== 'info' || this.options.verbose) this.line(event.level === 'info' ? event.text : `${event.level}: ${event.text}`)
    } else if (event.type === 'stage') {
      this.stage = event.name
      this.place = `${event.index + 1}/${event.count}`
      this.lastSparse = -Infinity
    } else if (event.type === 'progress' && !this.options.quiet) {
      if (this.options.stream.isTTY) this.draw(event)
      else this.sparse(event)
    }
  }

  /** A whole line of its own, the progress line out of its way. */
  line(text: string): void {
    this.clear()
    this.options.stream.write(`${text}\n`)
  }

  clear(): void {
    if (this.drawn) this.options.stream.write('\r\x1b[2K')
    this.drawn = false
  }

  private draw(event: Extract<JobEvent, { type: 'progress' }>): void {
    const now = this.now()
    if (now - this.lastDraw < REDRAW) return
    this.lastDraw = now
    const filled = Math.round(event.fraction * BAR)
    const bar = '#'.repeat(filled) + '.'.repeat(BAR - filled)
    const text = `[${bar}] ${this.words(event)}`
    this.options.stream.write(`\r\x1b[2K${text.slice(0, (this.options.stream.columns || 100) - 1)}`)
    this.drawn = true
  }

  private sparse(event: Extract<JobEvent, { type: 'progress' }>): void {
    const now = this.now()
    if (now - this.lastSparse < SPARSE_INTERVAL && (event.fraction - this.lastFraction < SPARSE_STEP || now - this.lastSparse < 1000)) return
    this.lastSparse = now
    this.lastFraction = event.fraction
    this.options.stream.write(`${this.words(event)}\n`)
  }

  private words(event: Extract<JobEvent, { type: 'progress' }>): string {
    const parts = [`${Math.floor(event.fraction * 100)}%`.padStart(4)]
    if (this.stage !== '') parts.push(`${this.place} ${this.stage}`)
    if (event.secondsLeft !== undefined) parts.push(`ETA ${duration(event.secondsLeft)}`)
    if (event.message !== undefined) parts.push(event.message)
    return parts.join('  ')
  }
}

/** 75 s is 1:15; hours only when there are some. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}
