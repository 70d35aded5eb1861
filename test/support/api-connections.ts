import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { createRouterClient } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { WebSocket } from 'ws'
import type { ApiClient } from '#contract/client.ts'
import { silentLog } from '../../src-main/log.ts'
import { startHttpServer, type RunningServer } from '../../src-main/server/http-server.ts'
import type { Services } from '../../src-main/service/services.ts'

/** A way of reaching services: any number of clients, each a page of its own. */
export interface ApiTransport {
  readonly connect: () => Promise<ConnectedClient>
  readonly close: () => Promise<void>
}

export interface ConnectedClient {
  readonly client: ApiClient
  readonly close: () => Promise<void>
}

/** The contract without anything between. */
export function memoryTransport(services: Services): Promise<ApiTransport> {
  const connect = async (): Promise<ConnectedClient> => ({ client: createRouterClient(services.router, { context: services.context }), close: async () => undefined })
  return Promise.resolve({ connect, close: async () => undefined })
}

/** Over a MessagePort, as in the desktop application. */
export function portTransport(services: Services): Promise<ApiTransport> {
  const handler = new PortHandler(services.router)
  const connect = async (): Promise<ConnectedClient> => {
    const { port1, port2 } = new MessageChannel()
    handler.upgrade(port1, { context: services.context })
    const client: ApiClient = createORPCClient(new PortLink({ port: port2 }))
    port1.start()
    port2.start()
    return { client, close: async () => port2.close() }
  }
  return Promise.resolve({ connect, close: async () => undefined })
}

/** Over a WebSocket to the real server on a loopback address. */
export async function socketTransport(services: Services): Promise<ApiTransport> {
  const { server, removePage } = await startTestServer(services)
  // The second page comes by an invitation, as a second browser would.
  let link: string | undefined = server.url
  const connect = async (): Promise<ConnectedClient> => {
    const cookie = await enter(link ?? '')
    const origin = new URL(server.url).origin
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } })
    const client: ApiClient = createORPCClient(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket }))
    link = (await client.session.invite({})).url ?? undefined
    return {
      client,
      close: async () => {
        socket.close()
        await new Promise((done) => socket.once('close', done))
      },
    }
  }
  return {
    connect,
    close: async () => {
      await server.close()
      await removePage()
    },
  }
}

/** The real server with a page of one line. */
export async function startTestServer(services: Services, host = '127.0.0.1'): Promise<{ readonly server: RunningServer; readonly removePage: () => Promise<void> }> {
  const pageFolder = await mkdtemp(join(tmpdir(), 'cryomoment-page-'))
  await mkdir(join(pageFolder, 'assets'))
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>the page</title>')
  await writeFile(join(pageFolder, 'assets/index-a1b2c3.js'), `export const text = '${'x'.repeat(5000)}'\n`)
  await writeFile(join(pageFolder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  const server = await startHttpServer({ services, log: silentLog, host, port: 0, pageFolder })
  return { server, removePage: () => rm(pageFolder, { recursive: true, force: true }) }
}

/** The cookie that a one-time link is exchanged for. */
export async function enter(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: 'manual' })
  const [cookie] = answer.headers.getSetCookie()
  if (answer.status !== 303 || cookie === undefined) throw new Error(`the link did not let in: ${answer.status} ${await answer.text()}`)
  return cookie.split(';')[0]!
}

export const TRANSPORTS: readonly (readonly [string, (services: Services) => Promise<ApiTransport>])[] = [
  ['in memory', memoryTransport],
  ['over a MessagePort', portTransport],
  ['over a WebSocket', socketTransport],
]
