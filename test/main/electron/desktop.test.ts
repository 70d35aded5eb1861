import type { EventEmitter } from 'node:events'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ApiClient } from '../../../src-main/contract/client.ts'
import { API_PROTOCOL } from '../../../src-main/contract/base.ts'
import type * as Actual from '../../../src-main/electron/desktop-platform.ts'
import type { FakePort, fakeElectron } from './fake-electron.ts'

vi.mock('electron', async () => (await import('./fake-electron.ts')).fakeElectron())
vi.mock('../../../src-main/electron/desktop-platform.ts', async (original) => {
  const actual = await original<typeof Actual>()
  return { ...actual, desktopPlatform: () => ({ ...actual.desktopPlatform(), configFolder: join(folder, 'config'), projectsFolder: join(folder, 'projects') }) }
})

type Electron = ReturnType<typeof fakeElectron>
let folder: string
let electron: Electron

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryomoment-desktop-'))
  await mkdir(join(folder, 'out/renderer'), { recursive: true })
  await writeFile(join(folder, 'out/renderer/index.html'), '<!doctype html>')
  electron = (await import('electron')) as unknown as Electron
  electron.app.removeAllListeners()
  electron.ipcMain.removeAllListeners()
  electron.app.quit.mockReset()
  electron.BrowserWindow.all = []
  vi.clearAllMocks()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function run(commandLine: readonly string[] = ['electron', '.']): Promise<void> {
  const { runDesktop } = await import('../../../src-main/electron/desktop.ts')
  await runDesktop({ builtFolder: join(folder, 'out'), commandLine })
}

/** What the page does with the port that the preload hands it. */
function connect(): ApiClient {
  let pagePort: FakePort | undefined
  const senderFrame = { url: 'cryomoment://app/', parent: null, postMessage: (_channel: string, _nonce: string, ports: FakePort[]) => (pagePort = ports[0]) }
  ;(electron.ipcMain as EventEmitter).emit('connect', { senderFrame }, '0b5b6a52-6a1e-4c3c-9f43-0123456789ab')
  pagePort!.start()
  return createORPCClient(new RPCLink({ port: pagePort as never }))
}

async function quit(): Promise<void> {
  const done = new Promise<void>((resolve) => electron.app.quit.mockImplementation(() => resolve()))
  electron.app.emit('will-quit', { preventDefault: () => undefined })
  await done
}

const windows = (): InstanceType<Electron['BrowserWindow']>[] => electron.BrowserWindow.getAllWindows()

it('gives way to an instance that runs already', async () => {
  electron.app.requestSingleInstanceLock.mockReturnValueOnce(false)
  await run()
  expect(electron.app.quit).toHaveBeenCalledOnce()
  expect(windows()).toHaveLength(0)
})

it('opens one window over guarded contents, in a sandbox', async () => {
  await run()
  expect(windows()).toHaveLength(1)
  expect(electron.app.enableSandbox).toHaveBeenCalledOnce()
  expect(electron.session.defaultSession.setPermissionRequestHandler).toHaveBeenCalledOnce()
  electron.app.emit('web-contents-created', {}, windows()[0]!.webContents)
  expect(windows()[0]!.webContents.openHandler!({ url: 'https://example.org' })).toEqual({ action: 'deny' })
  await quit()
})

it('answers the calls of the contract over the port', async () => {
  await run()
  const client = connect()
  expect(await client.session.hello({ protocol: API_PROTOCOL })).toMatchObject({ mode: 'desktop', capabilities: { pickPath: true, reveal: true, upload: true } })
  await expect(client.session.hello({ protocol: 99 })).rejects.toMatchObject({ code: 'APP' })
  await quit()
})

it('opens a project that a second start, the system or the menu names', async () => {
  await run()
  const client = connect()
  const project = await client.project.create({ folder: join(folder, 'projects/one'), name: 'One' })
  await client.project.close({})
  windows()[0]!.minimized = true
  electron.app.emit('second-instance', {}, ['electron', '.', project.folder], folder)
  await vi.waitFor(async () => expect(await client.project.describe({})).toMatchObject({ name: 'One' }))
  expect(windows()[0]).toMatchObject({ minimized: false, focused: true })
  expect(electron.app.addRecentDocument).toHaveBeenCalledWith(project.folder)
  await quit()
})

it('says in a box why something that the system asked for failed', async () => {
  await run()
  const preventDefault = vi.fn()
  electron.app.emit('open-file', { preventDefault }, join(folder, 'absent/project.json'))
  await vi.waitFor(() => expect(electron.dialog.showErrorBox).toHaveBeenCalledOnce())
  expect(preventDefault).toHaveBeenCalledOnce()
  expect(electron.dialog.showErrorBox.mock.calls[0]![1]).toContain('absent')
  await quit()
})

it('closes its services before it ends, and ends without a window', async () => {
  await run()
  const client = connect()
  const project = await client.project.create({ folder: join(folder, 'projects/two'), name: 'Two' })
  windows()[0]!.close()
  await vi.waitFor(() => expect(windows()).toHaveLength(0))
  electron.app.emit('window-all-closed')
  expect(electron.app.quit).toHaveBeenCalledOnce()
  const prevented = vi.fn()
  const quitAgain = new Promise<void>((resolve) => electron.app.quit.mockImplementation(() => resolve()))
  electron.app.emit('will-quit', { preventDefault: prevented })
  await quitAgain
  expect(prevented).toHaveBeenCalledOnce()
  // The lock was given back: whoever comes next may write.
  const { OpenProject } = await import('../../../src-main/project/open-project.ts')
  const next = await OpenProject.open(project.folder)
  expect(next.readOnly).toBe(false)
  await next.close()
})
