import { implement, ORPCError, ValidationError } from '@orpc/server'
import { api } from '#contract/api.ts'
import { AppError, isAppError } from '#core/error.ts'
import { serializeError } from '#core/serialized-error.ts'
import type { Log } from '../log.ts'

/** What every call is given beside its input. */
export interface ServiceContext {
  readonly log: Log
  /** A sentence as the page should read it: files of the open project named as the project does. */
  readonly portable?: (sentence: string) => string
}

type Iterating = AsyncIterator<unknown, unknown> & AsyncIterable<unknown>

/**
 * Where services are implemented: `implementer.job.list.handler(async () => …)`. Handlers throw `AppError`; here it
 * becomes the contract's `APP` error. Anything else is logged with a reference and told in one sentence, without a stack.
 */
export const implementer = implement(api)
  .$context<ServiceContext>()
  .use(async ({ next, path, context }) => {
    const explain = (error: unknown): ORPCError<string, unknown> => contractError(error, path.join('.'), context)
    try {
      const result = await next()
      // Events may fail after the call itself has succeeded.
      return isIterating(result.output) ? { ...result, output: explained(result.output, explain) as typeof result.output } : result
    } catch (error) {
      throw explain(error)
    }
  })

/** Any failure of a call as the error the contract names. */
export function contractError(error: unknown, call: string, { log, portable = (sentence) => sentence }: ServiceContext): ORPCError<string, unknown> {
  if (error instanceof ORPCError && error.code !== 'BAD_REQUEST' && error.code !== 'INTERNAL_SERVER_ERROR') return error as ORPCError<string, unknown>
  const known = error instanceof ORPCError && error.code === 'BAD_REQUEST' ? badRequest(error.cause, call) : error
  const { tag, message, fields } = serializeError(known)
  if (isAppError(known) || tag !== 'Internal') return new ORPCError('APP', { message: portable(message), data: { tag, message: portable(message), fields } })
  const reference = log.unexpected(error instanceof ORPCError ? [error.message, error.cause] : error, call)
  const sentence = `something unexpected went wrong in ${call}; the service's log has it under ${reference}`
  return new ORPCError('APP', { message: sentence, data: { tag: 'Internal', message: sentence, fields: { reference } } })
}

function badRequest(cause: unknown, call: string): AppError {
  const issue = cause instanceof ValidationError ? cause.issues[0] : undefined
  const field = issue?.path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.')
  return new AppError('InvalidInput', `${call} was refused: ${field ? `${field}: ` : ''}${issue?.message ?? 'the input does not follow the contract'}`, { call, ...(field && { field }) })
}

function isIterating(value: unknown): value is Iterating {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Not a generator: `return` must reach the inner iterator even while it waits for its next event. */
function explained(inner: Iterating, explain: (error: unknown) => Error): Iterating {
  const refuse = (error: unknown): never => {
    throw explain(error)
  }
  return {
    next: () => inner.next().catch(refuse),
    return: async () => (inner.return ? inner.return().catch(refuse) : { done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
