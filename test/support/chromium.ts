import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** A Chromium of this machine: `CHROMIUM_PATH`, the system's, or the one that Playwright installed; undefined where there is none. */
export function chromiumPath(): string | undefined {
  return [process.env['CHROMIUM_PATH'], ...PLACES, chromium.executablePath()].find((path) => path !== undefined && path !== '' && existsSync(path))
}

/** Headless, with WebGL drawn by the processor: looks the same on every machine. */
export function launchChromium(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, headless: true, args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-dev-shm-usage'] })
}
