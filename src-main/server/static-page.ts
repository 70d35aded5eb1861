import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AppError } from '#core/error.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}
const PACKED = new Set(['.html', '.js', '.mjs', '.css', '.json', '.svg', '.wasm'])

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string
  readonly cache: string
  readonly bytes: Buffer
  /** Compressed when it is first asked for. */
  readonly packed: (() => Promise<Buffer>) | undefined
}

/** The built page, read once: what is not in the list cannot be asked for. Errors: NotFound where it was not built. */
export async function readPage(folder: string): Promise<(path: string) => PageFile | undefined> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = new Map<string, PageFile>()
  for (const entry of names.filter((name) => name.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    files.set(`/${name}`, pageFile(name, await readFile(path)))
  }
  const index = files.get('/index.html')
  if (!index) throw new AppError('NotFound', `the page is not built: ${join(folder, 'index.html')} does not exist (npm run build makes it)`, { folder })
  return (path) => {
    // Addresses of the page's own router are all the one page; its files are named relative to any of them.
    const relative = /(\/assets)?\/[^/]+$/.exec(path)?.[0] ?? path
    return files.get(path) ?? files.get(relative) ?? (extname(path) === '' ? index : undefined)
  }
}

function pageFile(name: string, bytes: Buffer): PageFile {
  const ending = extname(name).toLowerCase()
  let packed: Promise<Buffer> | undefined
  return {
    type: TYPES[ending] ?? 'application/octet-stream',
    // Names of assets hold a hash of their content.
    cache: name.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
    bytes,
    packed: PACKED.has(ending) && bytes.length > 1024 ? () => (packed ??= promisify(gzip)(bytes)) : undefined,
  }
}
