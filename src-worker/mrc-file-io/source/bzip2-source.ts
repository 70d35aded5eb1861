import type { FileHandle } from 'node:fs/promises'
import bunzip from 'seek-bzip'
import type { ByteSource } from './byte-source.ts'
import { MrcError } from './mrc-error.ts'

/** The compressed file is held in memory, so it has a limit; the decompressed data is not held. */
const largestFile = 2 ** 31 - 1
/** A block holds up to 900,000 bytes after run-length coding, which packs at most 259 equal bytes into 5. */
const largestBlock = Math.ceil((900_000 * 259) / 5)

/**
 * A bzip2 file, decompressed block by block (at most 900 kB of packed data each). Blocks begin with a 48-bit mark at
 * any bit; they are found by scanning once, so blocks already passed can be reached again directly.
 */
export class Bzip2Source implements ByteSource {
  readonly compression = 'bzip2'
  readonly size: { readonly bytes: number; readonly exact: boolean }
  private readonly path: string
  private readonly handle: FileHandle
  private readonly packed: Buffer
  /** Bit position of each block. */
  private readonly blocks: readonly number[]
  /** Decompressed offset of each block's first byte, as far as known; one more than blocks decoded. */
  private readonly offsets: number[] = [0]
  private cached: { readonly block: number; readonly bytes: Uint8Array } | undefined

  private constructor(path: string, handle: FileHandle, packed: Buffer) {
    this.path = path
    this.handle = handle
    this.packed = packed
    this.blocks = findBlocks(packed)
    this.size = { bytes: this.blocks.length * largestBlock, exact: false }
  }

  static async open(path: string, handle: FileHandle, compressedBytes: number): Promise<Bzip2Source> {
    if (compressedBytes > largestFile) {
      throw new MrcError('UnsupportedFormat', `${path}: bzip2 files above 2 GiB are not read, found ${compressedBytes} bytes: decompress it first`, { file: path, compressedBytes })
    }
    const packed = Buffer.alloc(compressedBytes)
    let done = 0
    while (done < compressedBytes) {
      const { bytesRead } = await handle.read(packed, done, compressedBytes - done, done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return new Bzip2Source(path, handle, packed)
  }

  async read(target: Uint8Array, offset: number): Promise<number> {
    let done = 0
    while (done < target.byteLength) {
      const wanted = offset + done
      let block = this.offsets.findLastIndex((start) => start <= wanted)
      let bytes = this.block(block)
      while (bytes && wanted >= this.offsets[block + 1]!) bytes = this.block(++block)
      if (!bytes) return done
      const from = wanted - this.offsets[block]!
      const length = Math.min(bytes.byteLength - from, target.byteLength - done)
      target.set(bytes.subarray(from, from + length), done)
      done += length
      // Decoding is slow and synchronous: let others run between blocks.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    return done
  }

  private block(index: number): Uint8Array | undefined {
    const position = this.blocks[index]
    if (position === undefined) return undefined
    if (this.cached?.block === index) return this.cached.bytes
    const output = new GrowingOutput()
    try {
      bunzip.decodeBlock(this.packed, position, output)
    } catch (error) {
      const start = this.offsets[index]
      throw new MrcError('InvalidInput', `${this.path}: the bzip2 data is damaged or cut short after ${start} decompressed bytes`, { file: this.path }, error)
    }
    const bytes = output.take()
    this.cached = { block: index, bytes }
    this.offsets[index + 1] = this.offsets[index]! + bytes.byteLength
    return bytes
  }

  async close(): Promise<void> {
    this.cached = undefined
    await this.handle.close()
  }
}

class GrowingOutput {
  private bytes = new Uint8Array(1 << 20)
  private length = 0

  writeByte(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes[this.length++] = byte
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }
}

const blockMark = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59] as const

/** Bit positions of all block marks (0x314159265359, the digits of pi). */
function findBlocks(packed: Uint8Array): number[] {
  // The third byte counted from where the mark begins differs between the eight bit shifts: one look-up per byte.
  const shiftOf = new Int8Array(256).fill(-1)
  for (let shift = 0; shift < 8; shift++) shiftOf[((blockMark[1] << 8 | blockMark[2]) >> shift) & 255] = shift
  const positions: number[] = []
  for (let i = 2; i + 4 < packed.length; i++) {
    const shift = shiftOf[packed[i]!]!
    if (shift < 0) continue
    // Byte i holds mark bits 16 - shift .. 23 - shift, so the mark begins `shift` bits into byte i - 2.
    if (markAt(packed, (i - 2) * 8 + shift)) positions.push((i - 2) * 8 + shift)
  }
  return positions
}

function markAt(packed: Uint8Array, bit: number): boolean {
  const byte = bit >> 3
  const shift = bit & 7
  for (let i = 0; i < 6; i++) {
    const value = ((packed[byte + i]! << 8) | (packed[byte + i + 1] ?? 0)) >> (8 - shift)
    if ((value & 255) !== blockMark[i]) return false
  }
  return true
}
