import type { SerializedError } from '#core/serialized-error.ts'

/** To a compute thread: one task at a time. */
export interface TaskRequest {
  readonly id: number
  readonly operation: string
  readonly payload: unknown
}

/** From a compute thread. */
export type TaskReply =
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number; readonly detail?: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SerializedError }
