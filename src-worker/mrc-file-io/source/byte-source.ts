import { open, type FileHandle } from 'node:fs/promises'
import { Bzip2Source } from './bzip2-source.ts'
import { GzipSource } from './gzip-source.ts'
import { fileSystemError, MrcError } from './mrc-error.ts'
import { PlainSource } from './plain-source.ts'

/** Bytes of a file after any decompression, by offset. */
export interface ByteSource {
  readonly compression: 'none' | 'gzip' | 'bzip2'
  /** Exact size when known without reading everything, otherwise a bound that the data cannot exceed. */
  readonly size: { readonly bytes: number; readonly exact: boolean }
  /** Fills the target from an offset; gives the number of bytes that were there. */
  read(target: Uint8Array, offset: number): Promise<number>
  close(): Promise<void>
}

/** Opens a file, plain, gzip or bzip2, told apart by content and never by name. */
export async function openByteSource(path: string): Promise<ByteSource> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    throw fileSystemError(path, error)
  }
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new MrcError('InvalidInput', `${path}: this is ${stat.isDirectory() ? 'a folder' : 'not a regular file'}, expected a file`, { file: path })
    const magic = new Uint8Array(4)
    await handle.read(magic, 0, 4, 0)
    if (magic[0] === 0x1f && magic[1] === 0x8b) return await GzipSource.open(path, handle, stat.size)
    if (magic[0] === 0x42 && magic[1] === 0x5a && magic[2] === 0x68) return await Bzip2Source.open(path, handle, stat.size)
    return new PlainSource(path, handle, stat.size)
  } catch (error) {
    await handle.close()
    throw fileSystemError(path, error)
  }
}
