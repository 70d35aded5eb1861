import { AppError, isAppError, type ErrorTag } from './error.ts'

/** An error as plain data, for crossing threads, processes and files. */
export interface SerializedError {
  readonly tag: ErrorTag
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly stack?: string | undefined
  readonly cause?: SerializedError | undefined
}

/**
 * Anything thrown, as plain data. The operating system's refusals get a sentence; what else is not an AppError is a bug
 * of ours: `Internal`.
 */
export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { tag: 'Internal', message: String(error), fields: {} }
  const refusal = isAppError(error) ? undefined : systemRefusal(error)
  return {
    tag: isAppError(error) ? error.tag : (refusal?.tag ?? 'Internal'),
    message: refusal?.message ?? error.message,
    fields: isAppError(error) ? plainFields(error.fields) : (refusal?.fields ?? {}),
    stack: error.stack,
    cause: error.cause === undefined ? undefined : serializeError(error.cause),
  }
}

/** The error again, with the stack of the place where it was thrown. */
export function deserializeError(data: SerializedError): AppError {
  const error = new AppError(data.tag, data.message, data.fields, data.cause === undefined ? undefined : deserializeError(data.cause))
  if (data.stack !== undefined) error.stack = data.stack
  return error
}

/** Fields may hold anything; only what survives both structured clone and JSON may travel. */
function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [key, isPlain(value) ? value : String(value)])
  return Object.fromEntries(entries) as Record<string, unknown>
}

function isPlain(value: unknown): boolean {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true
  return Array.isArray(value) && value.every(isPlain)
}

/** File errors of the operating system that a person can act on. */
function systemRefusal(error: Error): Pick<SerializedError, 'tag' | 'message' | 'fields'> | undefined {
  const { code, path } = error as Error & { readonly code?: unknown; readonly path?: unknown }
  if (typeof code !== 'string' || typeof path !== 'string') return undefined
  const fields = { code, path }
  switch (code) {
    case 'ENOENT':
      return { tag: 'NotFound', message: `${path} does not exist`, fields }
    case 'EACCES':
    case 'EPERM':
      return { tag: 'InvalidInput', message: `${path}: permission denied`, fields }
    case 'EISDIR':
      return { tag: 'InvalidInput', message: `${path} is a folder, not a file`, fields }
    case 'ENOTDIR':
      return { tag: 'InvalidInput', message: `${path}: a part of the path is not a folder`, fields }
    case 'EROFS':
      return { tag: 'InvalidInput', message: `${path}: the file system is read-only`, fields }
    case 'ENOSPC':
      return { tag: 'Unavailable', message: `${path}: no space left on the device`, fields }
    default:
      return undefined
  }
}
