import { expect, it, vi } from 'vitest'
import type { FakeWindow } from './fake-electron.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())

const { openWindow } = await import('../../../src-main/electron/window.ts')

it('opens one page, closed off from Node and in a sandbox', async () => {
  const window = (await openWindow('/app/preload.cjs')) as unknown as FakeWindow
  expect(window.url).toBe('cryomoment://app/')
  expect(window.options['webPreferences']).toMatchObject({
    preload: '/app/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
  })
  expect(Object.keys(window.options['webPreferences'] as object)).not.toContain('enableBlinkFeatures')
})

it('is first seen when there is something to see', async () => {
  const window = (await openWindow('/app/preload.cjs')) as unknown as FakeWindow
  expect(window.options['show']).toBe(false)
  expect(window.shown).toBe(true)
})
