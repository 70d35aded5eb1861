/** A result of a thread; the buffers in `transfer` move instead of being copied. */
export interface Transferred<T> {
  readonly value: T
  readonly transfer?: readonly ArrayBuffer[]
}
