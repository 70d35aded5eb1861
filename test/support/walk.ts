import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import { chromiumPath, launchChromium } from './chromium.ts'
import { ServedApplication, type ServeOptions } from './served-application.ts'
import { Visitor } from './visitor.ts'

const chromium = chromiumPath()
if (chromium === undefined) console.log('The application is not walked through in a browser: there is no Chromium (Debian: apt-get install chromium; or set CHROMIUM_PATH).')

/** What a walk has: a home of its own, a browser, and servers and visitors that are gone when it ends. */
export interface Walk {
  readonly home: string
  serve(options?: Partial<ServeOptions>): Promise<ServedApplication>
  visit(url: string, theme?: 'light' | 'dark'): Promise<Visitor>
}

/** A walk through the served application, in steps that build on each other; skipped where there is no Chromium. */
export function describeWalk(title: string, steps: (walk: Walk) => void): void {
  describe.skipIf(chromium === undefined)(title, () => {
    const home = mkdtempSync(join(tmpdir(), 'cryomoment-walk-'))
    const servers: ServedApplication[] = []
    const visitors: Visitor[] = []
    let browser: Browser
    let failed: string | undefined
    beforeAll(async () => {
      browser = await launchChromium(chromium!)
    })
    beforeEach((context) => {
      // Every step stands on the one before.
      if (failed !== undefined) context.skip()
    })
    afterEach(({ task }) => {
      if (task.result?.state === 'fail') failed ??= `${title} ${task.name}`
    })
    afterAll(async () => {
      for (const [index, visitor] of visitors.entries()) await visitor.leave(failed && `${failed} ${index}`)
      await browser.close()
      for (const server of servers) await server.stop()
      rmSync(home, { recursive: true, force: true })
    })
    steps({
      home,
      async serve(options = {}) {
        const server = await ServedApplication.start({ home, ...options })
        servers.push(server)
        return server
      },
      async visit(url, theme) {
        const visitor = await Visitor.enter(browser, url, theme)
        visitors.push(visitor)
        return visitor
      },
    })
  })
}
