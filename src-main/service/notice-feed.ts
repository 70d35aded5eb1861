import type { Notice } from '#contract/session.ts'
import { eventStream, type EventStream } from './event-stream.ts'

/** Longest time (ms) that a notice waits for a first reader. */
const PATIENCE = 60_000

/** What the service has to say that belongs to no call, to everybody who listens. */
export class NoticeFeed {
  private sequence = Date.now()
  private unheard: { readonly notice: Notice; readonly time: number }[] = []
  private readonly readers = new Set<(notice: Notice) => void>()

  say(level: Notice['level'], text: string): void {
    const notice = { sequence: ++this.sequence, level, text }
    if (this.readers.size === 0) this.unheard.push({ notice, time: Date.now() })
    for (const reader of this.readers) reader(notice)
  }

  /** Notices from now on; the first reader also gets those of the last minute that nobody heard. */
  follow(signal?: AbortSignal): EventStream<Notice> {
    const queue = this.unheard.filter(({ time }) => Date.now() - time < PATIENCE).map(({ notice }) => notice)
    this.unheard = []
    let ended = false
    let wake = (): void => undefined
    const reader = (notice: Notice): void => {
      queue.push(notice)
      wake()
    }
    this.readers.add(reader)
    const next = async (): Promise<Notice | undefined> => {
      while (!ended && queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return queue.shift()
    }
    const close = (): void => {
      ended = true
      this.readers.delete(reader)
      wake()
    }
    return eventStream(next, close, signal)
  }
}
