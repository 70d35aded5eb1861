import { AppError, isAppError } from '#core/error.ts'
import { serializeError } from '#core/serialized-error.ts'
import type { Log } from '../log.ts'
import type { CurrentProject } from '../project/current-project.ts'
import type { AllowedPaths } from '../service/allowed-paths.ts'
import { answerBytes } from './byte-range.ts'
import { fileBytes } from './file-bytes.ts'

/** Answers `/bytes/…` and `/upload`: the same function for the HTTP server and for the desktop's own scheme. */
export type ByteHandler = (request: Request) => Promise<Response>

export interface ByteHandlerOptions {
  readonly current: CurrentProject
  readonly paths: AllowedPaths
  readonly log: Log
}

type Route = (query: URLSearchParams, request: Request) => Promise<Response>

/** Bytes by URL (src-main/README.md lists the addresses). Failures are one sentence of plain text with a fitting status. */
export function createByteHandler({ current, paths, log }: ByteHandlerOptions): ByteHandler {
  const existing = (query: URLSearchParams): Promise<string> => paths.existing(required(query, 'path'), current.project?.folder)
  const routes: Readonly<Record<string, Route>> = {
    'GET /bytes/raw': async (query, request) => answerBytes(request, await fileBytes(await existing(query), { download: false })),
    'GET /bytes/file': async (query, request) => answerBytes(request, await fileBytes(await existing(query), { download: true })),
  }
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const route = routes[`${request.method === 'HEAD' ? 'GET' : request.method} ${pathname}`]
    try {
      if (!route) throw new AppError('NotFound', `there is nothing at ${request.method} ${pathname}`)
      return await route(searchParams, request)
    } catch (error) {
      return refusal(error, pathname, log)
    }
  }
}

/** A failure as a response: one sentence. */
export function refusal(error: unknown, place: string, log: Log): Response {
  const { tag, message } = serializeError(error)
  const known = isAppError(error) || tag !== 'Internal'
  const status = { NotFound: 404, Conflict: 409, Unavailable: 503, Cancelled: 499, Internal: 500, InvalidInput: 400, UnsupportedFormat: 415, ShapeMismatch: 400 }[tag]
  const sentence = known ? message : `something unexpected went wrong; the service's log has it under ${log.unexpected(error, place)}`
  return new Response(`${sentence}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
}

/** A parameter of the address. Errors: InvalidInput where it is missing. */
export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name)
  if (value === null || value === '') throw new AppError('InvalidInput', `the address lacks ${name}=…`, { field: name })
  return value
}
