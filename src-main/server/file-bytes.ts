import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '#core/error.ts'
import type { ByteResource } from './byte-range.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.csv': 'text/csv; charset=utf-8',
  '.star': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml',
  '.png': 'image/png',
  '.zip': 'application/zip',
}

/** A file as bytes to be sent. Errors: InvalidInput for a folder. */
export async function fileBytes(path: string, options: { readonly download: boolean }): Promise<ByteResource> {
  const found = await stat(path)
  if (!found.isFile()) throw new AppError('InvalidInput', `${path} is not a file`, { path })
  return {
    size: found.size,
    // Pictures with scripts (SVG) and pages are only ever downloads: they would run with this page's rights.
    type: TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    tag: fileTag(found),
    modified: found.mtime,
    ...(options.download && { fileName: basename(path) }),
    read: ({ start, end }) => Readable.toWeb(createReadStream(path, { start, end, highWaterMark: 1 << 20 })) as ReadableStream<Uint8Array>,
  }
}

/** Changes when the file does. */
export function fileTag(found: { readonly mtimeMs: number; readonly size: number; readonly ino: number }): string {
  return `${found.mtimeMs.toString(36)}-${found.size.toString(36)}-${found.ino.toString(36)}`
}
