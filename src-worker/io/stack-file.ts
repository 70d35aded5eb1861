import { createMrcWriter, openMrc, type MrcFile, type MrcWriterState, type UnfinishedMrc } from 'mrc-file-io'
import { AppError } from '#core/error.ts'

export type { MrcWriterState }

/** Square images of one size, read in batches by position. */
export interface StackReader {
  readonly count: number
  /** Pixels a side. */
  readonly size: number
  /** Angstrom; 1 where the file leaves it undetermined (a warning says so). */
  readonly pixelSize: number
  /** What was odd about the file, in sentences. */
  readonly warnings: readonly string[]
  /** `count` images from `start`, `(i * size + y) * size + x`. */
  read(start: number, count: number): Promise<Float32Array>
  close(): Promise<void>
}

/** A stack that grows image by image and appears only when it is finished. */
export interface StackWriter {
  append(images: Float32Array): Promise<void>
  /** What was appended is on disk; an `unfinished` stack can be gone on with from here. */
  checkpoint(): Promise<MrcWriterState>
  /** Stops, keeping what was written of an `unfinished` stack. */
  leave(): Promise<void>
  finish(): Promise<void>
  abort(): Promise<void>
}

/**
 * Opens an MRC image stack (also a single image, or a file whose header says volume: the caller knows that it is one).
 * Errors: what openMrc refuses; images that are not square; complex values.
 */
export async function openStack(path: string): Promise<StackReader> {
  const file = await openMrc(path, { kind: 'image-stack' })
  try {
    return new MrcStackReader(file)
  } catch (error) {
    await file.close()
    throw error
  }
}

class MrcStackReader implements StackReader {
  readonly count: number
  readonly size: number
  readonly pixelSize: number
  readonly warnings: readonly string[]
  private readonly file: MrcFile

  constructor(file: MrcFile) {
    const { nx, ny, mode } = file.header
    if (nx !== ny) throw new AppError('InvalidInput', `${file.path}: images are ${nx} x ${ny} pixels, expected square ones`, { file: file.path, found: [nx, ny] })
    if (mode === 3 || mode === 4) throw new AppError('UnsupportedFormat', `${file.path}: images are complex (mode ${mode}), expected real ones`, { file: file.path, field: 'MODE', found: mode })
    const known = file.voxelSize[0] > 0
    this.file = file
    this.count = file.sectionCount
    this.size = nx
    this.pixelSize = known ? file.voxelSize[0] : 1
    const { ispg, nz, m } = file.header
    // The override of the kind hides what the header says: a map given as particles by mistake looks like this.
    const saysVolume = ispg === 1 && nz > 1 && m[2] === nz
    this.warnings = [
      ...file.report.sentences,
      ...(known ? [] : ['the pixel size is taken as 1 Angstrom']),
      ...(saysVolume ? [`${file.path} says that it is a volume; its ${nz} sections are taken as images`] : []),
    ]
  }

  read(start: number, count: number): Promise<Float32Array> {
    return this.file.readSections(start, count)
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

/**
 * Starts an image stack (MRC2014, mode 2), written beside and renamed by `finish`; `abort` leaves nothing.
 * With `count` given, `finish` refuses any other number of images.
 */
export async function createStack(path: string, options: { readonly size: number; readonly pixelSize: number; readonly count?: number; readonly labels?: readonly string[]; readonly resumable?: UnfinishedMrc }): Promise<StackWriter> {
  const { size, pixelSize, count } = options
  const writer = await createMrcWriter(path, { kind: 'image-stack', width: size, height: size, voxelSize: pixelSize, labels: options.labels ?? ['CryoMoment'] }, options.resumable)
  return {
    append: (images) => writer.append(images),
    checkpoint: () => writer.checkpoint(),
    leave: () => writer.leave(),
    abort: () => writer.abort(),
    async finish() {
      if (count !== undefined && writer.sectionCount !== count) {
        await writer.abort()
        throw new AppError('Internal', `${path}: ${writer.sectionCount} images were written, expected ${count}`, { file: path, found: writer.sectionCount, expected: count })
      }
      await writer.finish()
    },
  }
}
