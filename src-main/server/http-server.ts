import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { AppError } from '#core/error.ts'
import type { Log } from '../log.ts'
import type { Services } from '../service/services.ts'
import { AccessTokens, cookieOf } from './access-token.ts'
import { refusal } from './byte-handler.ts'
import { memoryBody } from './byte-range.ts'
import { isOwnHost, isOwnOrigin } from './request-guard.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { SessionFile } from './session-file.ts'
import { readPage, type PageFile } from './static-page.ts'
import { acceptWebSockets } from './websocket.ts'

export interface HttpServerOptions {
  readonly services: Services
  readonly log: Log
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** The built page. */
  readonly pageFolder: string
  /** Where it is remembered who was let in; absent: nowhere. */
  readonly configFolder?: string
}

export interface RunningServer {
  /** Where it listens, with a one-time token. */
  readonly url: string
  readonly port: number
  /** Ends every connection. */
  close(): Promise<void>
}

/** Serves the page, its calls (`/api`) and its bytes (`/bytes`, `/upload`) to browsers that came by a one-time link. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const { services, log, host } = options
  const page = await readPage(options.pageFolder)
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000, maxHeaderSize: 16_384 })
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await listen(server, host, options.port)
  const { port } = server.address() as AddressInfo
  const sessions = options.configFolder === undefined ? undefined : new SessionFile(options.configFolder, port)
  const tokens = new AccessTokens(await sessions?.read(), (digests) => void sessions?.write(digests).catch((error: unknown) => log.unexpected(error, 'remembering a browser')))
  // Cookies are not kept apart by port: two servers on one machine need two names.
  const cookieName = `cryomoment-${port}`
  const isKnown = (request: IncomingMessage): boolean => tokens.knows(cookieOf(request.headers.cookie, cookieName))
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (!isOwnHost(request.headers.host, host)) return say(response, 421, 'this server does not go by that name')
    const token = url.searchParams.get('token')
    if (token !== null && request.method === 'GET') return enter(response, url, tokens.redeem(token) ?? (isKnown(request) ? '' : undefined), cookieName)
    // A link followed from another site (a mail, a chat): the new cookie is sent only from our own page.
    if (!isKnown(request) && request.method === 'GET' && request.headers['sec-fetch-site'] === 'cross-site' && request.headers['sec-fetch-dest'] === 'document') return comeAgain(response)
    if (!isKnown(request)) return say(response, 401, 'This link was used already, or the server was started again: take the new link that the server prints, or ask for one in a browser that is still connected.')
    if (url.pathname.startsWith('/bytes/') || url.pathname === '/upload') {
      if (!isOwnOrigin(request, { originNeeded: false })) return say(response, 403, 'this request comes from another page')
      return sendBytes(request, response, services)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, 'the page is only read')
    const file = page(url.pathname)
    return file ? sendPage(request, response, file) : say(response, 404, `there is nothing at ${url.pathname}`)
  }
  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy()
      void refusal(error, request.url ?? '', log).text().then((text) => say(response, 500, text))
    })
  })
  const sockets = acceptWebSockets(server, { services, log, mayEnter: (request) => isOwnHost(request.headers.host, host) && isOwnOrigin(request, { originNeeded: true }) && isKnown(request) })
  const link = (token: string): string => `http://${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/?token=${token}`
  services.setInvitation(() => link(tokens.issue()))
  return {
    url: link(tokens.issue(Infinity)),
    port,
    async close() {
      sockets.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, string>> = { EADDRINUSE: 'another program listens there', EACCES: 'permission denied', EADDRNOTAVAIL: 'this machine has no such address', ENOTFOUND: 'there is no such host' }
      reject(new AppError('Unavailable', `cannot listen on ${host}, port ${port}: ${reasons[error.code ?? ''] ?? error.message}`, { host, port }, error))
    })
    server.listen(port, host, resolve)
  })
}

/** A good token becomes a cookie; either way the address loses it. */
function enter(response: ServerResponse, url: URL, cookie: string | undefined, name: string): void {
  if (cookie === undefined) return say(response, 401, 'This link was used already: take the newest link that the server printed, or ask for one in a browser that is connected.')
  if (cookie !== '') response.setHeader('set-cookie', `${name}=${cookie}; HttpOnly; SameSite=Strict; Path=/`)
  url.searchParams.delete('token')
  response.writeHead(303, { location: `${url.pathname}${url.search}`, 'cache-control': 'no-store' }).end()
}

function comeAgain(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end('<!doctype html><meta http-equiv="refresh" content="0"><title>CryoMoment</title>')
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${sentence}\n`)
}

async function sendPage(request: IncomingMessage, response: ServerResponse, file: PageFile): Promise<void> {
  const packed = file.packed !== undefined && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) ? await file.packed() : undefined
  const bytes = packed ?? file.bytes
  response.writeHead(200, { 'content-type': file.type, 'cache-control': file.cache, 'content-length': bytes.length, vary: 'accept-encoding', ...(packed && { 'content-encoding': 'gzip' }) })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

async function sendBytes(request: IncomingMessage, response: ServerResponse, services: Services): Promise<void> {
  const ended = new AbortController()
  response.on('close', () => ended.abort())
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const answer = await services.handleBytes(
    new Request(new URL(request.url ?? '/', 'http://localhost'), {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] => (typeof value === 'string' && !name.startsWith(':') ? [[name, value]] : [])),
      signal: ended.signal,
      ...(hasBody && { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' }),
    }),
  )
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (!answer.body) return void response.end()
  const inMemory = memoryBody(answer)
  if (inMemory) {
    await answer.body.cancel()
    return void response.end(inMemory)
  }
  await pipeline(Readable.fromWeb(answer.body as NodeReadableStream), response)
}
