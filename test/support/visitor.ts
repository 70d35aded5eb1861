import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright'

const RESULTS = resolve(import.meta.dirname, '../../test-results')
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

declare const document: { documentElement: { dataset: Record<string, string | undefined> } }
declare const axe: { run(options: unknown): Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }> }
declare class DataTransfer {
  readonly items: { add(file: object): void }
}
declare class File {
  constructor(parts: unknown[], name: string)
}

/** A person at a browser of their own: one page, everything it complained about, and what is kept when a walk fails. */
export class Visitor {
  readonly page: Page
  /** What the page threw, or refused by its content policy. */
  readonly complaints: string[] = []
  private readonly context: BrowserContext

  private constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy|\[Vue warn\]/.test(message.text())) this.complaints.push(message.text())
    })
  }

  /** Comes by the one-time link of a server. */
  static async enter(browser: Browser, url: string, theme: 'light' | 'dark' = 'light'): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, colorScheme: theme, acceptDownloads: true, reducedMotion: 'reduce' })
    context.setDefaultTimeout(50_000)
    await context.tracing.start({ snapshots: true })
    const visitor = new Visitor(context, await context.newPage())
    await visitor.page.goto(url)
    await visitor.quiet()
    return visitor
  }

  /** Goes to an address of the page's router. */
  async goTo(path: string): Promise<void> {
    await this.page.goto(`${new URL(this.page.url()).origin}/#${path}`)
    await this.quiet()
  }

  /** Waits until the page has nothing to wait for. */
  async quiet(): Promise<void> {
    await this.page.waitForFunction(() => document.documentElement.dataset['state'] !== 'busy')
  }

  /** Drops files from the desktop onto the window. */
  async drop(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<void> {
    const carried = files.map(({ name, bytes }) => ({ name, text: Buffer.from(bytes).toString('base64') }))
    const transfer = await this.page.evaluateHandle((given) => {
      const data = new DataTransfer()
      for (const { name, text } of given) data.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name))
      return data
    }, carried)
    for (const type of ['dragenter', 'dragover', 'drop']) await this.page.dispatchEvent('#main', type, { dataTransfer: transfer })
  }

  /** Colours on their way from one theme to the other are nobody's: wait until ten frames in a row move nothing. */
  private async settle(): Promise<void> {
    await this.page.evaluate(`(async () => {
      for (let still = 0, frames = 0; still < 10 && frames < 300; frames++) {
        await new Promise(requestAnimationFrame)
        still = document.getAnimations().some(({ playState, effect }) => playState === 'running' && effect?.getTiming().iterations !== Infinity) ? 0 : still + 1
      }
    })()`)
  }

  /** What axe finds serious or critical on this screen, one line each. */
  async barriers(): Promise<string[]> {
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) await this.page.evaluate(axeSource)
    await this.settle()
    const { violations } = await this.page.evaluate(() => axe.run({ resultTypes: ['violations'] }))
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary.split('\n').slice(1).join(' ').trim()}`))
  }

  /** Leaves; after a failed walk with a trace and a picture of the last moment in `test-results`. */
  async leave(failedAs?: string): Promise<void> {
    if (failedAs === undefined) await this.context.tracing.stop()
    else {
      mkdirSync(RESULTS, { recursive: true })
      const name = failedAs.replaceAll(/[^a-z0-9]+/gi, '-')
      await this.page.screenshot({ path: join(RESULTS, `${name}.png`) }).catch(() => undefined)
      await this.context.tracing.stop({ path: join(RESULTS, `${name}.zip`) })
    }
    await this.context.close()
  }
}
