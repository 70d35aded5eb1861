/** What went wrong, in the few kinds a caller can act on. */
export type ErrorTag =
  | 'InvalidInput'
  | 'UnsupportedFormat'
  | 'ShapeMismatch'
  | 'NotFound'
  | 'Conflict'
  | 'Cancelled'
  | 'Unavailable'
  | 'Internal'

/** An error of ours: a tag, one sentence for a person, and the fields it speaks of. */
export class AppError extends Error {
  readonly tag: ErrorTag
  readonly fields: Readonly<Record<string, unknown>>

  constructor(tag: ErrorTag, message: string, fields: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = tag
    this.tag = tag
    this.fields = fields
  }
}

/** Narrows to AppError by its shape, not by class: errors cross processes and bundles. */
export function isAppError(error: unknown, tag?: ErrorTag): error is AppError {
  return error instanceof Error && typeof (error as Partial<AppError>).tag === 'string' && (tag === undefined || (error as AppError).tag === tag)
}

/** Throws InvalidInput with the message unless the condition holds; the message is built only then. */
export function requireInput(condition: boolean, message: () => string, fields: Readonly<Record<string, unknown>> = {}): asserts condition {
  if (!condition) throw new AppError('InvalidInput', message(), fields)
}

/** Throws ShapeMismatch with the message unless the condition holds. */
export function requireShape(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new AppError('ShapeMismatch', message())
}
