import type { EventEmitter } from 'node:events'
import { beforeEach, expect, it, vi } from 'vitest'
import type { FakePort, fakeElectron } from './fake-electron.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())

const { answerConnections } = await import('../../../src-main/electron/port-handshake.ts')
const { ipcMain } = (await import('electron')) as unknown as ReturnType<typeof fakeElectron>

const NONCE = '0b5b6a52-6a1e-4c3c-9f43-0123456789ab'
const served: FakePort[] = []

beforeEach(() => {
  ipcMain.removeAllListeners()
  served.length = 0
  answerConnections((port) => void served.push(port as unknown as FakePort))
})

function connect(nonce: unknown, frame: { url: string; parent?: unknown } | null): unknown[][] {
  const answers: unknown[][] = []
  const senderFrame = frame && { parent: null, ...frame, postMessage: (...given: unknown[]) => answers.push(given) }
  ;(ipcMain as EventEmitter).emit('connect', { senderFrame }, nonce)
  return answers
}

it('gives the page one end of a fresh channel, named by its nonce', async () => {
  const [answer] = connect(NONCE, { url: 'cryomoment://app/jobs/J001' })
  expect(answer!.slice(0, 2)).toEqual(['port', NONCE])
  const pageEnd = (answer![2] as FakePort[])[0]!
  expect(served).toHaveLength(1)
  expect(served[0]!.started).toBe(true)
  const heard = new Promise((resolve) => served[0]!.once('message', (event: { data: unknown }) => resolve(event.data)))
  pageEnd.postMessage('hello')
  expect(await heard).toBe('hello')
})

it.each([
  ['a frame inside a page', NONCE, { url: 'cryomoment://app/', parent: {} }],
  ['another page', NONCE, { url: 'https://example.org/' }],
  ['a frame that is gone', NONCE, null],
  ['a nonce of another form', 'guess', { url: 'cryomoment://app/' }],
  ['no nonce', undefined, { url: 'cryomoment://app/' }],
  ['an object for a nonce', { toString: (): string => NONCE }, { url: 'cryomoment://app/' }],
])('refuses %s', (_what, nonce, frame) => {
  expect(connect(nonce, frame)).toEqual([])
  expect(served).toEqual([])
})

it('answers a nonce once', () => {
  expect(connect(NONCE, { url: 'cryomoment://app/' })).toHaveLength(1)
  expect(connect(NONCE, { url: 'cryomoment://app/' })).toHaveLength(0)
  expect(served).toHaveLength(1)
})
