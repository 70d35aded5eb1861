/** The next event of a stream. Throws where the stream has ended. */
export async function nextOf<T>(events: AsyncIterator<T, unknown, void>): Promise<T> {
  const next = await events.next()
  if (next.done) throw new Error('the stream has ended')
  return next.value
}
