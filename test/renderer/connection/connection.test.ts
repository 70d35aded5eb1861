// @vitest-environment happy-dom
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { implement, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { api as contract } from '#contract/api.ts'
import type { Notice } from '#contract/session.ts'
import { useClient } from '../../../src-renderer/connection/api.ts'
import { openSocket } from '../../../src-renderer/connection/channel.ts'
import { Connection } from '../../../src-renderer/connection/connection.ts'
import { followEvents } from '../../../src-renderer/connection/follow-events.ts'
import { failureOf, sentenceOf } from '../../../src-renderer/connection/sentence.ts'
import { hello } from '../fake-api.ts'

// A service of two calls, over real sockets: everything that a page and a server say to each other passes here.
const os = implement(contract)
const router = os.router({
  ...({} as Parameters<typeof os.router>[0]),
  session: os.session.router({
    invite: os.session.invite.handler(() => ({ url: null })),
    hello: os.session.hello.handler(({ input }) => {
      if (input.protocol !== 1) throw new ORPCError('APP', { data: { tag: 'Conflict', message: 'another protocol', fields: {} } })
      return hello
    }),
    notices: os.session.notices.handler(async function* ({ signal }) {
      let sequence = 0
      while (!signal?.aborted) {
        yield { sequence: ++sequence, level: 'info' as const, text: `notice ${sequence}` }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }),
  }),
})
const handler = new RPCHandler(router)
let servers: Server[] = []
let stops: (() => void)[] = []

async function listen(port = 0): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => void handler.upgrade(socket))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  servers.push(server)
  const close = (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { port: (server.address() as AddressInfo).port, close }
}

beforeEach(() => void vi.stubGlobal('WebSocket', WebSocket))
afterEach(() => {
  for (const stop of stops) stop()
  for (const server of servers) server.close()
  servers = []
  stops = []
  vi.unstubAllGlobals()
})

function connect(port: number): Connection {
  const connection = new Connection(() => openSocket(new URL(`http://127.0.0.1:${port}/api`)))
  useClient(connection.client, connection)
  stops.push(() => connection.stop())
  void connection.run()
  return connection
}

it('says hello, answers calls made before it was open, and comes back after the server was away', async () => {
  const first = await listen()
  const connection = connect(first.port)
  expect(connection.state.value).toBe('connecting')
  expect(await connection.client.session.hello({ protocol: 1 })).toEqual(hello)
  expect(connection.state.value).toBe('open')
  await first.close()
  await vi.waitFor(() => expect(connection.state.value).toBe('lost'), 20_000)
  const waiting = connection.client.session.hello({ protocol: 1 })
  await listen(first.port)
  expect((await waiting).machine).toBe('bench')
  expect(connection.state.value).toBe('open')
})

it('takes an event stream up again after the connection broke', async () => {
  const first = await listen()
  const connection = connect(first.port)
  const seen: Notice[] = []
  const asked: (number | undefined)[] = []
  stops.push(
    followEvents<Notice>({
      open: (after, signal) => {
        asked.push(after)
        return connection.client.session.notices({}, { signal })
      },
      sequenceOf: ({ sequence }) => sequence,
      onEvent: (notice) => seen.push(notice),
      endless: true,
    }),
  )
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(2), 20_000)
  await first.close()
  await vi.waitFor(() => expect(connection.state.value).toBe('lost'), 20_000)
  const last = seen.at(-1)!.sequence
  const before = seen.length
  await listen(first.port)
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(before + 2), 20_000)
  expect(asked).toEqual([undefined, last])
})

it('gives the tagged error of a call, in one sentence', async () => {
  const { port } = await listen()
  const connection = connect(port)
  const error = await connection.client.session.hello({ protocol: 99 }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(sentenceOf(error)).toBe('another protocol')
  expect(failureOf(error)?.tag).toBe('Conflict')
})

it('says that a call was cut off when the connection broke under it', async () => {
  const { port, close } = await listen()
  const connection = connect(port)
  const events = await connection.client.session.notices({})
  const failed = (async () => {
    for await (const event of events) expect(event.text).toMatch(/^notice/)
  })().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await close()
  expect(sentenceOf(await failed)).toMatch(/connection to the server was lost/)
})
