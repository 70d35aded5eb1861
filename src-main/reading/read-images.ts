import { AppError } from '#core/error.ts'
import { imageSource } from './image-source.ts'
import type { Transferred } from './transferred.ts'
import { own } from './volume-levels.ts'

export interface ImageRequest {
  /** A stack or a particle list. */
  readonly path: string
  readonly start: number
  readonly count: number
  /** Where stacks may lie; absent: anywhere. */
  readonly roots?: readonly string[] | undefined
}

export interface ReadImages {
  /** `(i * size + y) * size + x` */
  readonly values: Float32Array<ArrayBuffer>
  readonly size: number
  readonly count: number
}

/** 64 MiB of float32. */
const MOST_VALUES = 1 << 24

/** Some images of a stack or of a particle list; fewer at its end. Errors: a start beyond it; more than 2^24 pixels at once. */
export async function readImages({ path, start, count, roots }: ImageRequest): Promise<Transferred<ReadImages>> {
  const images = await imageSource(path, roots)
  const there = Math.max(0, Math.min(count, images.count - start))
  if (there === 0) throw new AppError('InvalidInput', `${path}: image ${start + 1} was asked for, and there are ${images.count}`, { file: path, start, found: images.count })
  if (there * images.size ** 2 > MOST_VALUES) {
    throw new AppError('InvalidInput', `${path}: ${there} images of ${images.size} x ${images.size} were asked for at once, expected at most ${Math.floor(MOST_VALUES / images.size ** 2)}`, { file: path, count })
  }
  const values = own(await images.read(start, there))
  return { value: { values, size: images.size, count: there }, transfer: [values.buffer] }
}
