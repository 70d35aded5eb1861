import type { FileHandle } from 'node:fs/promises'
import type { ByteSource } from './byte-source.ts'
import { fileSystemError } from './mrc-error.ts'

/** One read call moves at most this much: the system refuses more than 2 GiB. */
const largestRead = 1 << 30

/** An uncompressed file: reads at offsets, nothing kept. */
export class PlainSource implements ByteSource {
  readonly compression = 'none'
  readonly size: { readonly bytes: number; readonly exact: boolean }
  private readonly path: string
  private readonly handle: FileHandle

  constructor(path: string, handle: FileHandle, bytes: number) {
    this.path = path
    this.handle = handle
    this.size = { bytes, exact: true }
  }

  async read(target: Uint8Array, offset: number): Promise<number> {
    let done = 0
    try {
      while (done < target.byteLength) {
        const length = Math.min(largestRead, target.byteLength - done)
        const { bytesRead } = await this.handle.read(target, done, length, offset + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
    } catch (error) {
      throw fileSystemError(this.path, error)
    }
    return done
  }

  async close(): Promise<void> {
    await this.handle.close()
  }
}
