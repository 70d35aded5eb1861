import { ORPCError } from '@orpc/client'
import { shell } from '../text/english/shell.ts'

export type FailureTag = 'InvalidInput' | 'UnsupportedFormat' | 'ShapeMismatch' | 'NotFound' | 'Conflict' | 'Cancelled' | 'Unavailable' | 'Internal'

interface Failure {
  readonly tag: FailureTag
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The tagged error a call failed with, or undefined where it failed otherwise (connection, bug). */
export function failureOf(error: unknown): Failure | undefined {
  return error instanceof ORPCError && error.code === 'APP' ? (error.data as Failure) : undefined
}

/** One sentence for a person about whatever was thrown. */
export function sentenceOf(error: unknown): string {
  const failure = failureOf(error)
  if (failure) return failure.message
  if (error instanceof ORPCError) return error.message
  if (error instanceof Error) return isInterruption(error) ? shell.connection.interrupted : error.message
  return String(error)
}

/** The call was cut off by its connection, not answered. */
export function isInterruption(error: unknown): boolean {
  return !(error instanceof ORPCError) && error instanceof Error && (error.name === 'AbortError' || /not open|aborted|queue|closed/i.test(error.message))
}
