import type { FileHandle } from 'node:fs/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'
import { MrcError } from './mrc-error.ts'

/** Deflate cannot expand by more than this (RFC 1951: 258 bytes from 2 bits). */
const largestExpansion = 1032
const chunkBytes = 1 << 18

/**
 * A gzip file, decompressed as it is read. Memory is two chunks whatever the size. Reading forward is one pass;
 * reading backward starts again from the beginning, so random access in a large compressed stack is slow.
 */
export class GzipSource implements ByteSource {
  readonly compression = 'gzip'
  readonly size: { readonly bytes: number; readonly exact: boolean }
  private readonly path: string
  private readonly handle: FileHandle
  private stream: Gunzip | undefined
  private chunks: AsyncIterator<Buffer> | undefined
  private rest: Uint8Array = new Uint8Array(0)
  /** Offset of the first byte of `rest`. */
  private position = 0
  private queue: Promise<unknown> = Promise.resolve()

  private constructor(path: string, handle: FileHandle, compressedBytes: number) {
    this.path = path
    this.handle = handle
    this.size = { bytes: compressedBytes * largestExpansion, exact: false }
  }

  static async open(path: string, handle: FileHandle, compressedBytes: number): Promise<GzipSource> {
    return Promise.resolve(new GzipSource(path, handle, compressedBytes))
  }

  /** Calls wait for each other: there is one decompressor. */
  read(target: Uint8Array, offset: number): Promise<number> {
    const result = this.queue.then(() => this.readNow(target, offset))
    this.queue = result.catch(() => undefined)
    return result
  }

  private async readNow(target: Uint8Array, offset: number): Promise<number> {
    if (!this.chunks || offset < this.position) this.restart()
    let done = 0
    for (;;) {
      const wanted = offset + done
      const skip = Math.min(this.rest.byteLength, wanted - this.position)
      this.consume(skip)
      if (this.position === wanted) {
        const length = Math.min(this.rest.byteLength, target.byteLength - done)
        target.set(this.rest.subarray(0, length), done)
        this.consume(length)
        done += length
        if (done === target.byteLength) return done
      }
      if (this.rest.byteLength === 0 && !(await this.nextChunk())) return done
    }
  }

  private consume(length: number): void {
    this.rest = this.rest.subarray(length)
    this.position += length
  }

  private async nextChunk(): Promise<boolean> {
    try {
      const next = await this.chunks!.next()
      if (next.done) return false
      this.rest = next.value
      return true
    } catch (error) {
      this.stop()
      const code = (error as NodeJS.ErrnoException).code ?? ''
      const fault = code === 'Z_BUF_ERROR' ? `is cut short after ${this.position} decompressed bytes` : `is damaged (${(error as Error).message})`
      throw new MrcError('InvalidInput', `${this.path}: the gzip data ${fault}`, { file: this.path, code }, error)
    }
  }

  private restart(): void {
    this.stop()
    const stream = createGunzip({ chunkSize: chunkBytes })
    // The iterator reports errors; this keeps one that arrives between two reads from ending the process.
    stream.on('error', () => undefined)
    this.stream = stream
    void this.feed(stream)
    this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    this.rest = new Uint8Array(0)
    this.position = 0
  }

  private async feed(stream: Gunzip): Promise<void> {
    try {
      for (let offset = 0; !stream.destroyed; ) {
        const buffer = Buffer.allocUnsafe(chunkBytes)
        const { bytesRead } = await this.handle.read(buffer, 0, chunkBytes, offset)
        if (stream.destroyed) return
        if (bytesRead === 0) {
          stream.end()
          return
        }
        offset += bytesRead
        // Called when the chunk is taken, and also when the stream is destroyed meanwhile.
        await new Promise<void>((resolve) => stream.write(buffer.subarray(0, bytesRead), () => resolve()))
      }
    } catch (error) {
      stream.destroy(error as Error)
    }
  }

  private stop(): void {
    this.stream?.destroy()
    this.stream = undefined
    this.chunks = undefined
  }

  async close(): Promise<void> {
    this.stop()
    await this.handle.close()
  }
}
