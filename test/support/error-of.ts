/** The error that a promise ends with, or `undefined` when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<(Error & { tag?: string }) | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => error as Error,
  )
}
