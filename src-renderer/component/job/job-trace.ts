import type { JobEvent } from '#contract/job.ts'

export interface LogLine {
  readonly sequence: number
  readonly time: string
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
}

/** A number measured again and again. */
export interface Metric {
  readonly name: string
  readonly unit: string
  readonly points: readonly (readonly [step: number, value: number | null])[]
}

const MOST_LINES = 2000

/** What the events of a job add up to: the end of its log, its curves, and the last event seen. */
export class JobTrace {
  readonly log: LogLine[] = []
  dropped = 0
  last: number | undefined
  private readonly measured = new Map<string, { unit: string; points: Map<number, number | null> }>()
  private readonly limit: number

  constructor(limit = MOST_LINES) {
    this.limit = limit
  }

  /** False for an event that was seen before. */
  add(event: JobEvent): boolean {
    if (this.last !== undefined && event.sequence <= this.last) return false
    this.last = event.sequence
    if (event.type === 'log') this.addLine({ sequence: event.sequence, time: event.time, level: event.level, text: event.text })
    else if (event.type === 'metric') this.measure(event)
    return true
  }

  /** Curves in the order in which they were first measured; a step measured again (after a resume) has its last value. */
  metrics(): Metric[] {
    return [...this.measured].map(([name, { unit, points }]) => ({ name, unit, points: [...points].sort(([a], [b]) => a - b) }))
  }

  private addLine(line: LogLine): void {
    this.log.push(line)
    const excess = this.log.length - this.limit
    if (excess > 0) {
      this.log.splice(0, excess)
      this.dropped += excess
    }
  }

  private measure(event: Extract<JobEvent, { type: 'metric' }>): void {
    const metric = this.measured.get(event.name) ?? { unit: event.unit ?? '', points: new Map<number, number | null>() }
    metric.points.set(event.step, event.value)
    this.measured.set(event.name, metric)
  }
}
