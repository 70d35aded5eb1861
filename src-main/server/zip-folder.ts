import { open, readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate'
import { AppError } from '#core/error.ts'
import { attachment } from './byte-range.ts'

/** The format's own limit without its extension for large files. */
const LARGEST = 4e9
const CHUNK = 1 << 20
/** What gets smaller; maps and packed files do not. */
const PACKED = new Set(['.txt', '.star', '.csv', '.xml', '.json', '.jsonl', '.svg', '.cxc', '.md', '.html'])

/** A folder as a zip file, made while it is sent. Errors: InvalidInput for what is no folder, or more than 4 GB. */
export async function zipFolder(folder: string): Promise<Response> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw new AppError('InvalidInput', `${folder} is not a folder`, { path: folder })
    throw error
  })
  // Links are left out: they may lead anywhere.
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()
  let total = 0
  for (const path of paths) total += (await stat(path)).size
  if (total > LARGEST) throw new AppError('InvalidInput', `${folder} holds ${(total / 1e9).toFixed(1)} GB, more than a zip file takes: download its files one by one`, { path: folder })
  const headers = { 'content-type': 'application/zip', 'content-disposition': attachment(`${basename(folder)}.zip`), 'cache-control': 'no-store' }
  return new Response(ReadableStream.from(zipped(folder, paths)) as ReadableStream<Uint8Array>, { headers })
}

async function* zipped(folder: string, paths: readonly string[]): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = []
  let failure: Error | undefined
  const zip = new Zip((error, data) => {
    if (error) failure = error
    else made.push(data)
  })
  const taken = function* (): Generator<Uint8Array> {
    if (failure) throw failure
    const ready = made
    made = []
    yield* ready
  }
  for (const path of paths) {
    const name = `${basename(folder)}/${relative(folder, path).split(sep).join('/')}`
    const entry = PACKED.has(extname(path).toLowerCase()) ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name)
    entry.mtime = (await stat(path)).mtime
    zip.add(entry)
    const file = await open(path)
    try {
      for (;;) {
        const buffer = new Uint8Array(CHUNK)
        const { bytesRead } = await file.read(buffer)
        entry.push(buffer.subarray(0, bytesRead), bytesRead === 0)
        yield* taken()
        if (bytesRead === 0) break
      }
    } finally {
      await file.close()
    }
  }
  zip.end()
  yield* taken()
}
