import { AppError, isAppError } from '#core/error.ts'
import { serializeError } from '#core/serialized-error.ts'
import type { Log } from '../log.ts'
import type { CurrentProject } from '../project/current-project.ts'
import type { Reader } from '../reading/reader.ts'
import type { VolumeStore } from '../reading/volume-store.ts'
import { isInside, type AllowedPaths } from '../service/allowed-paths.ts'
import { answerBytes, memoryStream } from './byte-range.ts'
import { fileBytes } from './file-bytes.ts'
import { receiveUpload } from './receive-upload.ts'
import { zipFolder } from './zip-folder.ts'

/** Answers `/bytes/…` and `/upload`: the same function for the HTTP server and for the desktop's own scheme. */
export type ByteHandler = (request: Request) => Promise<Response>

export interface ByteHandlerOptions {
  readonly current: CurrentProject
  readonly paths: AllowedPaths
  readonly reader: Reader
  readonly volumes: VolumeStore
  readonly log: Log
  /** Largest upload, bytes. */
  readonly uploadLimit: number
}

type Route = (query: URLSearchParams, request: Request) => Promise<Response>

/** Bytes by URL (src-main/README.md lists the addresses). Failures are one sentence of plain text with a fitting status. */
export function createByteHandler({ current, paths, reader, volumes, log, uploadLimit }: ByteHandlerOptions): ByteHandler {
  const existing = (query: URLSearchParams): Promise<string> => paths.existing(required(query, 'path'), current.project?.folder)
  const routes: Readonly<Record<string, Route>> = {
    'GET /bytes/raw': async (query, request) => answerBytes(request, await fileBytes(await existing(query), { download: false })),
    'GET /bytes/file': async (query, request) => answerBytes(request, await fileBytes(await existing(query), { download: true })),
    'GET /bytes/zip': async (query) => {
      const folder = await existing(query)
      const project = current.require()
      // Never the whole project or what lies around it: a bundle, an export, a job.
      if (!isInside(project.folder, folder) || folder === project.folder) throw new AppError('InvalidInput', `${folder} is not a folder inside the project: only those are given as zip files`, { path: folder })
      return zipFolder(folder)
    },
    'GET /bytes/volume': async (query, request) => {
      const path = await existing(query)
      const { levels, tag, modified } = await volumes.open(path)
      const level = wholeNumber(query, 'level', 0)
      const found = levels[level]
      if (!found) throw new AppError('InvalidInput', `${path} has the levels 0 to ${levels.length - 1}, not ${level}`, { field: 'level', found: level })
      const { buffer, byteOffset, byteLength } = found.values
      const bytes = new Uint8Array(buffer, byteOffset, byteLength)
      return answerBytes(request, { size: byteLength, type: 'application/octet-stream', tag: `${tag}-${level}`, modified, memory: bytes, read: (range) => memoryStream(bytes, range) })
    },
    'GET /bytes/images': async (query) => {
      const request = { path: await existing(query), start: wholeNumber(query, 'start', 0), count: wholeNumber(query, 'count', 1), roots: paths.confined ? paths.list() : undefined }
      const { values, size, count } = await reader.run('readImages', request)
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'private, no-cache', 'x-image-size': String(size), 'x-image-count': String(count) }
      return new Response(memoryStream(new Uint8Array(values.buffer), { start: 0, end: values.byteLength - 1 }), { headers: { ...headers, 'content-length': String(values.byteLength) } })
    },
    'PUT /upload': async (query, request) => Response.json({ path: await receiveUpload(request, current.requireWritable(), { name: required(query, 'name'), limit: uploadLimit }) }),
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

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name)
  const value = text === null ? otherwise : Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new AppError('InvalidInput', `${name} is ${JSON.stringify(text)}, expected a whole number from 0`, { field: name, found: text })
  return value
}
