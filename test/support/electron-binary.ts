import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../node_modules/electron')

/** The Electron binary, or why its tests cannot run, in one sentence. */
export function electronBinary(): { readonly path: string } | { readonly reason: string } {
  const name = existsSync(join(folder, 'path.txt')) ? readFileSync(join(folder, 'path.txt'), 'utf8') : undefined
  const path = name === undefined ? undefined : join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name)
  if (path === undefined || !existsSync(path)) return { reason: 'the Electron binary is not here (node node_modules/electron/install.js gets it)' }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return { reason: 'there is no display (xvfb-run makes one)' }
  return { path }
}
