import { spawn } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const PROBE_PATIENCE = 4_000
const DOWNLOAD_PATIENCE = 15 * 60_000
/** A program that ends badly this soon never had a window. */
const START_PATIENCE = 15_000

export interface LaunchOptions {
  /** Electron's package, `node_modules/electron`. */
  readonly electronFolder: string
  /** What Electron opens: the folder with our package.json. */
  readonly applicationFolder: string
  readonly commandLine: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly say: (sentence: string) => void
}

/** `exitCode` when the desktop application ran and was closed; else why it could not be opened, to go on in a sentence. */
export type Launch = { readonly exitCode: number } | { readonly reason: string }

/** Opens the desktop application and waits until it is closed; gets the Electron binary first where it is missing and reachable. */
export async function launchDesktop(options: LaunchOptions): Promise<Launch> {
  if (!hasDisplay(options)) return { reason: 'there is no display' }
  if (!(await readFile(join(options.electronFolder, 'package.json'), 'utf8').catch(() => undefined))) return { reason: 'the package electron is not installed' }
  if ((await electronPath(options)) === undefined) {
    if (!(await isReachable(options))) return { reason: 'the Electron binary is not here and cannot be downloaded' }
    options.say('Getting the Electron binary (about 120 MB, once) …\n')
    const { exitCode } = await runChild(process.execPath, [join(options.electronFolder, 'install.js')], options, DOWNLOAD_PATIENCE)
    if (exitCode !== 0) return { reason: 'the Electron binary could not be downloaded' }
  }
  const path = await electronPath(options)
  if (path === undefined) return { reason: 'the Electron binary is not where its package says' }
  const started = Date.now()
  const { exitCode, failed } = await runChild(path, [options.applicationFolder, ...options.commandLine], options)
  if (failed !== undefined) return { reason: `Electron does not start (${failed})` }
  if (exitCode !== 0 && Date.now() - started < START_PATIENCE) return { reason: `Electron does not start here (exit code ${exitCode})` }
  return { exitCode }
}

function hasDisplay({ platform, environment }: LaunchOptions): boolean {
  return platform === 'darwin' || platform === 'win32' || Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])
}

/** Where the binary lies, if it does: Electron's install script leaves the name in `path.txt`. */
async function electronPath({ electronFolder, environment }: LaunchOptions): Promise<string | undefined> {
  const name = await readFile(join(electronFolder, 'path.txt'), 'utf8').catch(() => undefined)
  if (name === undefined) return undefined
  const path = join(environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(electronFolder, 'dist'), name)
  return access(path).then(
    () => path,
    () => undefined,
  )
}

/** Whether anything answers where binaries come from: asked first, because a download without a network may wait for minutes. */
async function isReachable({ environment }: LaunchOptions): Promise<boolean> {
  const mirror = environment['ELECTRON_MIRROR'] ?? environment['npm_config_electron_mirror'] ?? 'https://github.com/electron/electron/releases/'
  return fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_PATIENCE) }).then(
    ({ status }) => status < 500,
    () => false,
  )
}

function runChild(path: string, commandLine: readonly string[], { environment }: LaunchOptions, timeout?: number): Promise<{ exitCode: number; failed?: string }> {
  // Set by editors that are Electron programs themselves; it would start a plain Node.
  const { ELECTRON_RUN_AS_NODE: _unwanted, ...env } = environment
  return new Promise((resolve) => {
    const child = spawn(path, commandLine, { stdio: 'inherit', env, ...(timeout !== undefined && { timeout }) })
    child.once('error', (error) => resolve({ exitCode: 1, failed: error.message }))
    child.once('exit', (code) => resolve({ exitCode: code ?? 1 }))
  })
}
