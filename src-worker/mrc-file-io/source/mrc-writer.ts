import { randomBytes } from 'node:crypto'
import { open, rename, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeValues } from './encode-values.ts'
import type { MrcKind } from './file-kind.ts'
import { fileSystemError, MrcError } from './mrc-error.ts'
import { formatHeader, headerBytes, type MrcHeader, type Triple } from './mrc-header.ts'
import { isMrcMode, mrcModes, sectionBytes, type MrcMode } from './mrc-mode.ts'
import { StatisticsGatherer } from './value-statistics.ts'

export interface MrcWriterOptions {
  readonly kind: MrcKind
  /** Columns and rows of a section: X and Y, the only order written. */
  readonly width: number
  readonly height: number
  /** Sections of each volume; only for a volume stack. */
  readonly depth?: number
  /** Default 2, 32-bit floats. */
  readonly mode?: MrcMode
  /** Angstrom, one number or X, Y, Z; 0 (default) leaves it undetermined. */
  readonly voxelSize?: number | Triple
  /** Where the centre of voxel (0,0,0) sits, Angstrom. */
  readonly origin?: Triple
  /** At most ten lines of 80 ASCII characters. */
  readonly labels?: readonly string[]
}

/** Where an unfinished file stands, as `MrcWriter.checkpoint` gives it: plain numbers. */
export interface MrcWriterState {
  readonly sections: number
  readonly statistics: readonly number[]
}

/** A file whose writing may be interrupted and gone on with. */
export interface UnfinishedMrc {
  /** Where it grows until it is finished; what a crash leaves there can be gone on with. */
  readonly unfinished: string
  /** Goes on after this many sections; anything behind them is written anew. Absent: from the beginning. */
  readonly from?: MrcWriterState
}

export interface WriteMrcOptions extends Omit<MrcWriterOptions, 'width' | 'height'> {
  /** Grid points along X, Y, Z; for stacks the last is the number of sections. */
  readonly shape: Triple
}

/** Writes a whole map or stack from memory, x fastest. See createMrcWriter. */
export async function writeMrc(path: string, values: Float32Array, options: WriteMrcOptions): Promise<void> {
  const { shape, ...rest } = options
  checkOptions(path, { ...rest, width: shape[0], height: shape[1] })
  const length = shape[0] * shape[1] * shape[2] * mrcModes[options.mode ?? 2].components
  if (values.length !== length) {
    throw new MrcError('InvalidInput', `${path}: ${values.length} values given, expected ${shape.join(' x ')} = ${length}`, { file: path, found: values.length, expected: length })
  }
  const writer = await createMrcWriter(path, { ...rest, width: shape[0], height: shape[1] })
  try {
    await writer.append(values)
    await writer.finish()
  } catch (error) {
    await writer.abort()
    throw error
  }
}

/**
 * Starts a file that grows section by section. It is written beside its final name, and only `finish` (statistics and
 * counts into the header, sync, rename) puts it there; `abort`, or a crash, leaves whatever was there before.
 * MRC2014, NVERSION 20141, little-endian, axes X, Y, Z; space group 0 and mz = 1 for images, 1 for a volume, 401 for volumes.
 */
export async function createMrcWriter(path: string, options: MrcWriterOptions, resumable?: UnfinishedMrc): Promise<MrcWriter> {
  checkOptions(path, options)
  const beside = resumable?.unfinished ?? `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`
  let handle: FileHandle
  try {
    handle = await open(beside, resumable?.from ? 'r+' : resumable ? 'w' : 'wx')
  } catch (error) {
    throw fileSystemError(path, error)
  }
  return new MrcWriter({ path, beside, handle, options, from: resumable?.from })
}

function checkOptions(path: string, options: MrcWriterOptions): void {
  const refuse = (what: string, found: unknown, expected: string): never => {
    throw new MrcError('InvalidInput', `${path}: ${what} is ${String(found)}, expected ${expected}`, { file: path, found, expected })
  }
  for (const side of ['width', 'height', 'depth'] as const) {
    const size = options[side]
    if (size === undefined ? side === 'depth' && options.kind === 'volume-stack' : !Number.isInteger(size) || size < 1) refuse(side, size, 'a whole number of at least 1')
  }
  if (!isMrcMode(options.mode ?? 2)) refuse('mode', options.mode, `one of ${Object.keys(mrcModes).join(', ')}`)
  const lengths = [voxelTriple(options.voxelSize), options.origin ?? [0, 0, 0]].flat()
  if (!lengths.every(Number.isFinite)) refuse('voxel size or origin', lengths.join(', '), 'finite numbers')
  if (voxelTriple(options.voxelSize).some((size) => size < 0)) refuse('voxel size', String(options.voxelSize), 'at least 0')
}

function voxelTriple(voxelSize: number | Triple | undefined): Triple {
  if (voxelSize === undefined) return [0, 0, 0]
  return typeof voxelSize === 'number' ? [voxelSize, voxelSize, voxelSize] : voxelSize
}

/** A file being written. End it with `finish` or `abort`. */
export class MrcWriter {
  readonly path: string
  private readonly beside: string
  private readonly handle: FileHandle
  private readonly options: MrcWriterOptions
  private readonly gatherer: StatisticsGatherer
  private readonly sectionLength: number
  private sections = 0
  private bytes: number
  private state: 'open' | 'finished' | 'aborted' = 'open'
  private queue: Promise<void> = Promise.resolve()

  constructor(parts: { path: string; beside: string; handle: FileHandle; options: MrcWriterOptions; from?: MrcWriterState | undefined }) {
    this.path = parts.path
    this.beside = parts.beside
    this.handle = parts.handle
    this.options = parts.options
    const { width, height, mode = 2 } = parts.options
    this.sectionLength = width * height * mrcModes[mode].components
    this.gatherer = parts.from ? StatisticsGatherer.from(parts.from.statistics) : new StatisticsGatherer()
    this.sections = parts.from?.sections ?? 0
    this.bytes = headerBytes + this.sections * sectionBytes(mode, width, height)
  }

  /** Sections appended so far. */
  get sectionCount(): number {
    return this.sections
  }

  /** Adds whole sections (as many as the length holds). Calls are written in the order they are made. */
  append(values: Float32Array): Promise<void> {
    const result = this.queue.then(() => this.appendNow(values))
    this.queue = result.catch(() => undefined)
    return result
  }

  private async appendNow(values: Float32Array): Promise<void> {
    this.requireOpen()
    if (values.length % this.sectionLength !== 0) {
      throw new MrcError('InvalidInput', `${this.path}: ${values.length} values appended, expected a multiple of one section, ${this.sectionLength}`, { file: this.path, found: values.length, expected: this.sectionLength })
    }
    const mode = this.options.mode ?? 2
    // Pieces of bounded size: statistics then stay in the cache, and no conversion doubles a whole map.
    const step = this.sectionLength * Math.max(1, Math.floor((1 << 20) / this.sectionLength))
    for (let start = 0; start < values.length; start += step) {
      const { bytes, stored } = encodeValues(values.subarray(start, start + step), mode, this.options.width, this.path)
      if (mrcModes[mode].components === 1) this.gatherer.add(stored)
      await this.write(bytes, this.bytes)
      this.bytes += bytes.byteLength
    }
    this.sections += values.length / this.sectionLength
  }

  private async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.byteLength; ) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.byteLength - done, position + done)
        done += bytesWritten
      }
    } catch (error) {
      throw fileSystemError(this.path, error)
    }
  }

  /** Everything appended so far is on disk; from this state a file created with `unfinished` can be gone on with. */
  async checkpoint(): Promise<MrcWriterState> {
    await this.queue
    this.requireOpen()
    const state = { sections: this.sections, statistics: this.gatherer.state() }
    try {
      await this.handle.datasync()
    } catch (error) {
      throw fileSystemError(this.path, error)
    }
    return state
  }

  /** Stops without a result: what was written stays where it grew, to be gone on with. */
  async leave(): Promise<void> {
    if (this.state !== 'open') return
    this.state = 'aborted'
    await this.queue
    await this.handle.close().catch(() => undefined)
  }

  /** Completes the header, syncs and renames. Errors (nothing then remains): no sections, or not a whole number of volumes. */
  async finish(): Promise<void> {
    await this.queue
    this.requireOpen()
    try {
      const header = this.header()
      await this.write(formatHeader(header), 0)
      await this.handle.truncate(this.bytes) // an interrupted one may have been longer
      await this.handle.sync()
      await this.handle.close()
      await rename(this.beside, this.path)
      this.state = 'finished'
      await syncFolder(dirname(this.path))
    } catch (error) {
      await this.abort()
      throw fileSystemError(this.path, error)
    }
  }

  /** Gives up: the part file is removed. Harmless after `finish` and when repeated. */
  async abort(): Promise<void> {
    if (this.state !== 'open') return
    this.state = 'aborted'
    await this.queue
    await this.handle.close().catch(() => undefined)
    await unlink(this.beside).catch(() => undefined)
  }

  private requireOpen(): void {
    if (this.state !== 'open') throw new MrcError('InvalidInput', `${this.path}: the writer is already ${this.state}`, { file: this.path })
  }

  private header(): MrcHeader {
    const { kind, width, height, depth } = this.options
    const nz = this.sections
    const refuse = (expected: string): never => {
      throw new MrcError('InvalidInput', `${this.path}: ${nz} sections were written, expected ${expected}`, { file: this.path, found: nz, expected })
    }
    if (nz === 0) refuse('at least 1')
    if (kind === 'image' && nz !== 1) refuse('1 for a single image')
    if (kind === 'volume-stack' && nz % depth! !== 0) refuse(`a multiple of ${depth} for a volume stack`)
    if (kind === 'volume' && depth !== undefined && nz !== depth) refuse(`${depth}`)
    const mz = kind === 'volume' ? nz : kind === 'volume-stack' ? depth! : 1
    const voxelSize = voxelTriple(this.options.voxelSize)
    const origin = this.options.origin ?? [0, 0, 0]
    const start = (i: 0 | 1 | 2): number => (voxelSize[i] > 0 ? Math.round(origin[i] / voxelSize[i]) : 0)
    const statistics = this.gatherer.result()
    // MRC2014: not set is dmax < dmin, dmean below both, rms negative.
    const unset = statistics.count === statistics.nonFinite
    return {
      nx: width,
      ny: height,
      nz,
      mode: this.options.mode ?? 2,
      nstart: [start(0), start(1), start(2)],
      m: [width, height, mz],
      cell: [voxelSize[0] * width, voxelSize[1] * height, voxelSize[2] * mz],
      angles: [90, 90, 90],
      axes: [1, 2, 3],
      dmin: unset ? 0 : statistics.min,
      dmax: unset ? -1 : statistics.max,
      dmean: unset ? -2 : statistics.mean,
      ispg: kind === 'volume' ? 1 : kind === 'volume-stack' ? 401 : 0,
      nsymbt: 0,
      exttyp: '',
      nversion: 20141,
      origin,
      mapId: 'MAP ',
      machineStamp: [0x44, 0x44, 0, 0],
      rms: unset ? -1 : statistics.std,
      labels: this.options.labels ?? ['Written by mrc-file-io'],
      littleEndian: true,
    }
  }
}

/** Makes the rename durable. Some systems refuse to sync folders; the file itself is already safe there. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    return
  }
}
