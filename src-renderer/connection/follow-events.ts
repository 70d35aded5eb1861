import { watch } from 'vue'
import { connection } from './api.ts'
import { sentenceOf } from './sentence.ts'
import { ORPCError } from '@orpc/client'

/**
 * Reads a stream of numbered events and takes it up again after a lost connection, naming the last event seen, so that
 * none is missed and none comes twice. Gives what ends it. `endless` streams are also taken up again when the service
 * ends them (it does so when it closes).
 */
export function followEvents<Event>(options: {
  readonly open: (after: number | undefined, signal: AbortSignal) => Promise<AsyncIterable<Event>>
  readonly sequenceOf?: (event: Event) => number
  readonly onEvent: (event: Event) => void
  readonly onEnd?: () => void
  /** The service refused, in one sentence; nothing more comes. */
  readonly onRefused?: (sentence: string, error: unknown) => void
  readonly endless?: boolean
}): () => void {
  const stop = new AbortController()
  void follow(stop.signal)
  return () => stop.abort()

  async function follow(signal: AbortSignal): Promise<void> {
    let after: number | undefined
    while (!signal.aborted) {
      try {
        await opened(signal)
        for await (const event of await options.open(after, signal)) {
          if (signal.aborted) return
          after = options.sequenceOf?.(event) ?? after
          options.onEvent(event)
        }
        if (signal.aborted) return
        if (!options.endless && connection.state.value === 'open') return options.onEnd?.()
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof ORPCError) return options.onRefused?.(sentenceOf(error), error)
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

function opened(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(connection.state, (state) => (state === 'open' || signal.aborted) && finish(), { flush: 'sync' })
    const finish = (): void => {
      stop()
      resolve()
    }
    signal.addEventListener('abort', finish, { once: true })
    if (connection.state.value === 'open' || signal.aborted) finish()
  })
}
