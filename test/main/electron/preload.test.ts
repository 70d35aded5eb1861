import { EventEmitter } from 'node:events'
import { beforeEach, expect, it, vi } from 'vitest'

interface Bridge {
  connect(): string
  pathOf(file: File): string
}

const ipc = vi.hoisted(() => ({ exposed: {} as Record<string, unknown>, sent: [] as unknown[][], on: undefined as unknown }))

vi.mock('electron', () => {
  const emitter = new EventEmitter()
  ipc.on = emitter
  return {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => (ipc.exposed[name] = value) },
    ipcRenderer: { on: emitter.on.bind(emitter), send: (...given: unknown[]) => ipc.sent.push(given) },
    webUtils: { getPathForFile: (file: File) => `/data/${file.name}` },
  }
})

const posted: unknown[][] = []
vi.stubGlobal('location', { origin: 'cryomoment://app' })
vi.stubGlobal('window', { postMessage: (...given: unknown[]) => posted.push(given) })
await import('../../../src-main/electron/preload.ts')
const bridge = ipc.exposed['cryomoment'] as Bridge
const reply = (nonce: unknown, ports: unknown[]): unknown => (ipc.on as EventEmitter).emit('port', { ports }, nonce)

beforeEach(() => {
  posted.length = 0
  ipc.sent.length = 0
})

it('gives the page one object: a way to connect, and where a dropped file lies', () => {
  expect(Object.keys(ipc.exposed)).toEqual(['cryomoment'])
  expect(Object.keys(bridge)).toEqual(['connect', 'pathOf'])
  expect(bridge.pathOf(new File([], 'a.mrc'))).toBe('/data/a.mrc')
})

it('passes the port on to its own page only, with the nonce', () => {
  const nonce = bridge.connect()
  expect(ipc.sent).toEqual([['connect', nonce]])
  reply(nonce, ['the port'])
  expect(posted).toEqual([[nonce, 'cryomoment://app', ['the port']]])
})

it('drops a port with a wrong nonce, or with one that was answered', () => {
  const nonce = bridge.connect()
  reply('0b5b6a52-6a1e-4c3c-9f43-0123456789ab', ['a wrong port'])
  reply(undefined, ['a wrong port'])
  expect(posted).toEqual([])
  reply(nonce, ['the port'])
  reply(nonce, ['a second port'])
  expect(posted).toHaveLength(1)
})

it('gives every connection a nonce of its own', () => {
  expect(bridge.connect()).not.toBe(bridge.connect())
})
