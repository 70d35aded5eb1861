import { eventStream, type EventStream } from './event-stream.ts'

/**
 * Tells any number of readers how something is, whenever it has changed: the latest wins, at most one in `interval`
 * milliseconds, and a slow reader is never owed more than one. Numbers rise, also over a restart of the service.
 */
export class SnapshotFeed<T> {
  private readonly take: (sequence: number) => Promise<T>
  private readonly interval: number
  // Milliseconds since 1970: a service that starts again goes on above what its predecessor said.
  private sequence = Date.now()
  private latest: Promise<T> | undefined
  private emitted = 0
  private timer: NodeJS.Timeout | undefined
  private readonly waiting = new Set<() => void>()

  constructor(take: (sequence: number) => Promise<T>, interval = 250) {
    this.take = take
    this.interval = interval
  }

  /** Something is other than before. */
  changed(): void {
    // Who comes before the next telling gets the present state all the same.
    this.latest = undefined
    this.timer ??= setTimeout(() => this.emit(), Math.max(0, this.emitted + this.interval - Date.now()))
  }

  /** The present snapshot unless `after` names it, then every later one, until the signal or `return`. */
  follow(after: number | undefined, signal?: AbortSignal): EventStream<T> {
    // A number from the future is another clock's: the reader knows nothing of ours.
    let seen = after === undefined || after > this.sequence ? -1 : after
    let ended = false
    let wake = (): void => undefined
    const next = async (): Promise<T | undefined> => {
      while (!ended && seen >= this.sequence) {
        await new Promise<void>((resolve) => this.waiting.add((wake = resolve)))
        this.waiting.delete(wake)
      }
      if (ended) return undefined
      seen = this.sequence
      this.latest ??= this.take(seen)
      return this.latest
    }
    const close = (): void => {
      ended = true
      wake()
    }
    return eventStream(next, close, signal)
  }

  /** How many readers wait for the next change. */
  get readers(): number {
    return this.waiting.size
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private emit(): void {
    this.timer = undefined
    this.emitted = Date.now()
    this.sequence++
    this.latest = undefined // one taken meanwhile has the number before
    for (const wake of this.waiting) wake()
  }
}
