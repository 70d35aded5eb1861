import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { serveUtility, utilityPort } from '../../../src-worker/entry/serve-utility.ts'

it('hands on messages as they are, and closes when told', () => {
  const parentPort = Object.assign(new EventEmitter(), { postMessage: vi.fn() })
  const onClose = vi.fn()
  const port = utilityPort(parentPort, onClose)
  const heard: unknown[] = []
  port.onMessage((message) => heard.push(message))
  parentPort.emit('message', { data: { type: 'cancel' }, ports: [] })
  port.send({ type: 'ready' })
  port.close()
  expect(heard).toEqual([{ type: 'cancel' }])
  expect(parentPort.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'ready' })
  expect(onClose).toHaveBeenCalledOnce()
})

it('refuses to be started by hand', () => {
  expect(() => serveUtility({})).toThrow('not by hand')
})
