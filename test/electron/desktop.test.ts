import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronBinary } from '../support/electron-binary.ts'

// The real desktop application: its first window, the demo, what a page of it cannot do, and its end.
const root = resolve(import.meta.dirname, '../..')
const binary = electronBinary()
if ('reason' in binary) console.log(`The desktop application is not tested: ${binary.reason}.`)

declare const window: { cryomoment: object; open(url: string): unknown; eval(text: string): unknown }
declare const document: { documentElement: { dataset: Record<string, string> }; createElement(name: string): { src: string }; body: { append(element: object): void } }
declare const location: { href: string; assign(url: string): void }

describe.skipIf('reason' in binary)('the desktop application', () => {
  let home: string
  let application: ElectronApplication
  let page: Page
  const path = 'path' in binary ? binary.path : ''
  const environment = (): Record<string, string> => ({ ...(process.env as Record<string, string>), CRYOMOMENT_HOME: join(home, 'config'), XDG_DOCUMENTS_DIR: home, HOME: home })

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'cryomoment-electron-'))
    application = await _electron.launch({ executablePath: path, args: [root, `--user-data-dir=${join(home, 'user-data')}`], env: environment() })
    page = await application.firstWindow()
    await page.waitForFunction(() => document.documentElement.dataset['state'] === 'idle')
  })
  afterAll(async () => {
    await application.close()
    await rm(home, { recursive: true, force: true })
  })

  it('shows its first window, from its own scheme', async () => {
    expect(page.url()).toMatch(/^cryomoment:\/\/app\/#/)
    expect(await page.title()).toContain('CryoMoment')
    expect(await page.getByRole('button', { name: 'Open the demo' }).isVisible()).toBe(true)
  })

  it('gives the page nothing of Node, and one object of two functions', async () => {
    const seen = await page.evaluate(() => ({ node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window), bridge: Object.keys(window.cryomoment) }))
    expect(seen).toEqual({ node: [], bridge: ['connect', 'pathOf'] })
    const preferences = await application.evaluate(({ webContents }) => {
      const contents = webContents.getAllWebContents()[0] as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { contextIsolation, sandbox, nodeIntegration, webSecurity } = contents.getLastWebPreferences()
      return { contextIsolation, sandbox, nodeIntegration, webSecurity }
    })
    expect(preferences).toEqual({ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true })
  })

  it('lets the page run no text, reach no network and read no file', async () => {
    await expect(page.evaluate(() => window.eval('1 + 1'))).rejects.toThrow(/unsafe-eval|Content Security Policy/)
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'http://127.0.0.1:80/', 'cryomoment://app/bytes/raw?path=%2Fnowhere']) {
      const outcome = await page.evaluate(async (asked) => fetch(asked).then(({ ok }) => (ok ? 'read' : 'refused'), () => 'refused'), url)
      expect(outcome, url).toBe('refused')
    }
  })

  it('stays where it is and opens no window', async () => {
    expect(await page.evaluate(() => window.open('https://example.org/'))).toBeNull()
    await page.evaluate(() => {
      const frame = document.createElement('iframe')
      frame.src = 'https://example.org/'
      document.body.append(frame)
      location.assign('https://example.org/')
    })
    await page.waitForTimeout(500)
    expect(page.url()).toMatch(/^cryomoment:\/\/app\/#/)
    expect(application.windows()).toHaveLength(1)
  })

  it('opens the demo and computes in a utility process', async () => {
    await page.getByRole('button', { name: 'Open the demo' }).click()
    await page.waitForURL('**/#/project')
    const computing = async (): Promise<boolean> => application.evaluate(({ app }) => app.getAppMetrics().some(({ name, serviceName }) => `${name} ${serviceName}`.includes('CryoMoment job')))
    if (!(await computing())) {
      await page.getByRole('link', { name: 'New job' }).first().click()
      await page.getByRole('link', { name: /simulate/i }).first().click()
      await page.getByRole('button', { name: /^(Start|Queue|Submit|Run)/ }).click()
    }
    await expect.poll(computing, { timeout: 20_000 }).toBe(true)
  })

  it('runs once: a second start gives way', async () => {
    const second = spawn(path, [root, `--user-data-dir=${join(home, 'user-data')}`], { env: environment(), stdio: 'ignore' })
    expect(await new Promise((done) => second.once('exit', done))).toBe(0)
    expect(application.windows()).toHaveLength(1)
  })

  it('quits with its projects closed', async () => {
    const closed = application.waitForEvent('close')
    await application.evaluate(({ app }) => app.quit())
    await closed
    const names = (await readdir(home, { recursive: true })).map((name) => basename(name))
    expect(names).toContain('project.json')
    expect(names).not.toContain('project.lock')
  })
})
