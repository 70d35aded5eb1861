import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Log } from '../log.ts'
import type { Services } from '../service/services.ts'

export interface WebSocketOptions {
  readonly services: Services
  readonly log: Log
  readonly mayEnter: (request: IncomingMessage) => boolean
}

/** Largest message of a page: a picture for a bundle, with room. */
const LARGEST_MESSAGE = 16 << 20
const PING_INTERVAL = 20_000

/** The calls of pages over WebSockets at `/api`. */
export function acceptWebSockets(server: Server, { services, log, mayEnter }: WebSocketOptions): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE, perMessageDeflate: false })
  const handler = new RPCHandler(services.router)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname !== '/api') return refuse(socket, '404 Not Found')
    if (!mayEnter(request)) return refuse(socket, '403 Forbidden')
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', (error) => log.write('warning', `a page's connection failed: ${error.message}`))
      watchOver(opened)
      void handler.upgrade(opened, { context: services.context })
    })
  })
  return {
    close() {
      for (const client of sockets.clients) client.close(1001, 'the server ends')
      setTimeout(() => sockets.clients.forEach((client) => client.terminate()), 200).unref()
      sockets.close()
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** Ends a connection whose other side is gone: a laptop that was closed says nothing. */
function watchOver(socket: WebSocket): void {
  let alive = true
  socket.on('pong', () => (alive = true))
  const timer = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, PING_INTERVAL).unref()
  socket.on('close', () => clearInterval(timer))
}
