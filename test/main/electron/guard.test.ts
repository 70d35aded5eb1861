import { expect, it, vi } from 'vitest'
import { FakeWebContents, fakeSession, type fakeElectron } from './fake-electron.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())

const { guardContents, guardSession, mayOpenOutside } = await import('../../../src-main/electron/guard.ts')
const { isAppUrl } = await import('../../../src-main/electron/app-url.ts')
const { shell } = (await import('electron')) as unknown as ReturnType<typeof fakeElectron>

const FOREIGN = ['https://example.org/', 'file:///etc/passwd', 'javascript:alert(1)', 'cryomoment://other/', 'cryomoment://app@evil/', 'cryomoment://u:p@app/', 'http://127.0.0.1/', 'data:text/html,x', 'not a url', '']

function guarded(): FakeWebContents {
  const contents = new FakeWebContents()
  guardContents(contents as never)
  return contents
}

function navigate(contents: FakeWebContents, url: string, isMainFrame = true): boolean {
  const preventDefault = vi.fn()
  contents.emit('will-frame-navigate', { url, isMainFrame, preventDefault })
  return preventDefault.mock.calls.length === 0
}

it('tells its own addresses from all others', () => {
  for (const url of ['cryomoment://app/', 'cryomoment://app/bytes/raw?path=a', 'cryomoment://app']) expect(isAppUrl(url), url).toBe(true)
  for (const url of FOREIGN) expect(isAppUrl(url), url).toBe(false)
})

it('lets the page go nowhere else, and no frame anywhere', () => {
  const contents = guarded()
  expect(navigate(contents, 'cryomoment://app/jobs')).toBe(true)
  expect(navigate(contents, 'cryomoment://app/jobs', false)).toBe(false)
  for (const url of FOREIGN) expect(navigate(contents, url), url).toBe(false)
})

it('follows no redirect and attaches no web view', () => {
  const contents = guarded()
  for (const name of ['will-redirect', 'will-attach-webview']) {
    const preventDefault = vi.fn()
    contents.emit(name, { preventDefault })
    expect(preventDefault, name).toHaveBeenCalledOnce()
  }
})

it('opens no window; only known https pages go to the browser', () => {
  const { openHandler } = guarded()
  for (const url of [...FOREIGN, 'http://www.ebi.ac.uk/', 'https://www.ebi.ac.uk.evil.org/', 'https://www.ebi.ac.uk:8443/', 'https://person@www.ebi.ac.uk/']) expect(openHandler!({ url })).toEqual({ action: 'deny' })
  expect(shell.openExternal).not.toHaveBeenCalled()
  expect(openHandler!({ url: 'https://www.ebi.ac.uk/emdb/EMD-1234' })).toEqual({ action: 'deny' })
  expect(shell.openExternal).toHaveBeenCalledExactlyOnceWith('https://www.ebi.ac.uk/emdb/EMD-1234')
  expect(mayOpenOutside('https://doi.org/10.1/x')).toBe(true)
})

it('denies permissions, but for writing text to the clipboard from its own page', () => {
  const session = fakeSession()
  guardSession(session as never)
  const request = session.setPermissionRequestHandler.mock.calls[0]![0] as (contents: unknown, permission: string, callback: (granted: boolean) => void, details: { requestingUrl: string }) => void
  const check = session.setPermissionCheckHandler.mock.calls[0]![0] as (contents: unknown, permission: string, origin: string) => boolean
  const asked = (permission: string, url: string): boolean => {
    const callback = vi.fn()
    request(null, permission, callback, { requestingUrl: url })
    expect(callback).toHaveBeenCalledOnce()
    expect(check(null, permission, url)).toBe(callback.mock.calls[0]![0])
    return callback.mock.calls[0]![0] as boolean
  }
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'fileSystem', 'openExternal', 'usb', 'unknown']) expect(asked(permission, 'cryomoment://app/'), permission).toBe(false)
  expect(asked('clipboard-sanitized-write', 'cryomoment://app/')).toBe(true)
  expect(asked('clipboard-sanitized-write', 'https://example.org/')).toBe(false)
  expect((session.setDevicePermissionHandler.mock.calls[0]![0] as () => boolean)()).toBe(false)
})

it('lets no request out to the network', () => {
  const session = fakeSession()
  guardSession(session as never)
  const before = session.webRequest.onBeforeRequest.mock.calls[0]![0] as (details: { url: string }, callback: (answer: { cancel: boolean }) => void) => void
  const cancelled = (url: string): boolean => {
    const callback = vi.fn()
    before({ url }, callback)
    return (callback.mock.calls[0]![0] as { cancel: boolean }).cancel
  }
  for (const url of ['https://example.org/a.js', 'http://localhost:1/', 'file:///etc/passwd', 'ws://localhost/', 'cryomoment://other/']) expect(cancelled(url), url).toBe(true)
  for (const url of ['cryomoment://app/assets/a.js', 'blob:cryomoment://app/1', 'data:image/png;base64,']) expect(cancelled(url), url).toBe(false)
})
