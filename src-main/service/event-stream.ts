/** Events as a call returns them. */
export type EventStream<T> = AsyncIteratorObject<T, undefined, void> & AsyncIterable<T>

/**
 * A stream of events from `next`, which gives undefined at the end. `close` is called once, by `return` or the signal, and
 * must make a waiting `next` end. Not a generator: a generator's `return` waits for the event it is waiting for.
 */
export function eventStream<T>(next: () => Promise<T | undefined>, close: () => void, signal?: AbortSignal): EventStream<T> {
  let closed = false
  const end = (): void => {
    if (closed) return
    closed = true
    signal?.removeEventListener('abort', end)
    close()
  }
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  const finish = async (): Promise<IteratorResult<T, undefined>> => {
    end()
    return { done: true, value: undefined }
  }
  return {
    next: async () => {
      const value = closed ? undefined : await next()
      return value === undefined || closed ? finish() : { done: false, value }
    },
    return: finish,
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: async () => void (await finish()),
  }
}
