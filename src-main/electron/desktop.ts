import { app, BrowserWindow, dialog, session } from 'electron'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { isAppError } from '#core/error.ts'
import type { ApiClient } from '#contract/client.ts'
import { createLog } from '../log.ts'
import { readPage } from '../server/static-page.ts'
import { createServices, type Services } from '../service/services.ts'
import { VERSION } from '../version.ts'
import { serveApplication } from './app-protocol.ts'
import { desktopPlatform, pickPath } from './desktop-platform.ts'
import { guardContents, guardSession } from './guard.ts'
import { installMenu } from './menu.ts'
import { openPaths, pathsOf } from './opened-paths.ts'
import { answerConnections } from './port-handshake.ts'
import { startUtilityWorker } from './utility-worker.ts'
import { openWindow } from './window.ts'

export interface DesktopOptions {
  /** The build: `out`, with main, preload and renderer. */
  readonly builtFolder: string
  readonly commandLine: readonly string[]
}

/** The desktop application: one process and one window for a person, over the same services as the server. */
export async function runDesktop({ builtFolder, commandLine }: DesktopOptions): Promise<void> {
  // A second start only brings the first one forward; it also tells it which files were meant.
  if (!app.requestSingleInstanceLock()) return app.quit()
  app.enableSandbox()
  app.on('web-contents-created', (_event, contents) => guardContents(contents))

  const toOpen = pathsOf(commandLine, process.cwd(), app.isPackaged)
  let open = (paths: readonly string[]): void => void toOpen.push(...paths)
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open([path])
  })
  app.on('second-instance', (_event, line, workingFolder) => {
    bringForward()
    open(pathsOf(line, workingFolder, app.isPackaged))
  })

  await app.whenReady()
  app.setAboutPanelOptions({ applicationName: 'CryoMoment', applicationVersion: VERSION, copyright: 'Apache License 2.0' })
  guardSession(session.defaultSession)
  const services = createServices({ platform: desktopPlatform(), log: createLog((line) => process.stderr.write(line)), workerPath: join(builtFolder, 'main/worker-utility.js'), host: startUtilityWorker })
  const client: ApiClient = createRouterClient(services.router, { context: services.context })
  serveApplication({ page: await readPage(join(builtFolder, 'renderer')), bytes: services.handleBytes })
  const calls = new RPCHandler(services.router)
  answerConnections((port) => calls.upgrade(port, { context: services.context }))
  endTogether(services)

  open = (paths) => void attempt(async () => remember(await openPaths(paths, client)))
  installMenu(
    {
      openProject: () => void attempt(async () => open(await pickPath('project', false))),
      openDemo: () => void attempt(async () => remember((await client.project.openDemo({})).folder)),
      importFiles: () => void attempt(async () => open(await pickPath('import', true))),
      closeProject: () => void attempt(() => client.project.close({})),
    },
    app.isPackaged,
  )
  open(toOpen)
  askBeforeClosing(await openWindow(join(builtFolder, 'preload/index.cjs')), client)
}

function bringForward(): void {
  const window = BrowserWindow.getAllWindows()[0]
  if (window?.isMinimized()) window.restore()
  window?.focus()
}

/** The system's own list of recent documents, where it keeps one. */
function remember(folder: string | undefined): void {
  if (folder !== undefined) app.addRecentDocument(folder)
}

/** What the menu or the system asked for has no place in the page to fail in: a box says why. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    dialog.showErrorBox('CryoMoment', isAppError(error) || error instanceof Error ? error.message : String(error))
  }
}

/** Closing the window would stop a computation: that is asked first, once. */
function askBeforeClosing(window: BrowserWindow, client: ApiClient): void {
  let agreed = false
  window.on('close', (event) => {
    if (agreed) return
    event.preventDefault()
    void (async () => {
      const running = await client.job.list({}).then((jobs) => jobs.filter(({ state }) => state === 'running'), () => [])
      agreed = running.length === 0 || (await mayStop(window, running[0]!.name))
      if (agreed) window.close()
    })()
  })
}

async function mayStop(window: BrowserWindow, name: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `“${name}” is running.`,
    detail: 'It keeps what it has done so far and can be resumed the next time.',
    buttons: ['Stop it and close', 'Go on working'],
    defaultId: 1,
    cancelId: 1,
  })
  return response === 0
}

/** Without a window the application ends; before that, running jobs keep their state and the project's lock is given back. */
function endTogether(services: Services): void {
  let closed = false
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void services.close().finally(() => {
      closed = true
      app.quit()
    })
  })
}
