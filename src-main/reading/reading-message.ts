import type { SerializedError } from '#core/serialized-error.ts'
import type { ReadingOperations } from './reading-operations.ts'

/** What a reading thread is asked. */
export interface ReadingCall {
  readonly id: number
  readonly operation: keyof ReadingOperations
  readonly input: unknown
}

/** What it answers: a value, or why there is none. */
export interface ReadingReply {
  readonly id: number
  readonly value?: unknown
  readonly error?: SerializedError
}
