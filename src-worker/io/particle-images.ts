import type { Particles } from '#core/format/particles.ts'
import { AppError } from '#core/error.ts'
import { imageResampling, resampleImages, type ImageResampling } from '#core/image/resample-image.ts'
import { prepareImages, type ImagePreparation } from './prepare-images.ts'
import type { StackLocation } from './resolve-stacks.ts'
import { openStack, type StackReader } from './stack-file.ts'
import { isParticleFile, readParticles } from './star-file.ts'

/** Stacks kept open at once; particle sets may name thousands. */
const openLimit = 16
/** Pixel sizes that differ by less than this are taken as one. */
const samePixelSize = 2e-3

/** Where images are found and what is done to them as they are read; the files stay as they are. */
export interface ImageOptions extends StackLocation, ImagePreparation {}

/** The images of a particle file (STAR, .cs) or of a stack, whichever the path names, read in batches. */
export async function openImages(path: string, options: ImageOptions = {}): Promise<StackReader> {
  const source = isParticleFile(path) ? await openParticleImages(await readParticles(path, options)) : await openStack(path)
  try {
    return prepareImages(source, options)
  } catch (error) {
    await source.close()
    throw error
  }
}

/**
 * The images that particles point at, in the order of the particle file and each by its index in its stack. Images of
 * optics groups with another pixel size are resampled (band-limited) to that of the first particle's group.
 * Errors: NotFound for a missing stack, InvalidInput for an index beyond the stack or stacks of different sizes, when read.
 */
export async function openParticleImages(particles: Particles): Promise<StackReader> {
  const images = new ParticleImages(particles)
  try {
    await images.open()
    return images
  } catch (error) {
    await images.close()
    throw error
  }
}

class ParticleImages implements StackReader {
  readonly count: number
  readonly pixelSize: number
  readonly warnings: readonly string[]
  size = 0
  private readonly particles: Particles
  private readonly readers = new Map<number, Promise<StackReader>>()
  /** For each optics group what one pixel of the result is in its own; 1 where they are alike. */
  private readonly steps: readonly number[]
  private readonly resamplings = new Map<string, ImageResampling>()

  constructor(particles: Particles) {
    this.particles = particles
    this.count = particles.count
    this.pixelSize = particles.pixelSize
    this.warnings = particles.warnings
    this.steps = particles.opticsGroups.map(({ pixelSize }) => {
      const step = pixelSize === undefined ? 1 : particles.pixelSize / pixelSize
      return Math.abs(step - 1) < samePixelSize ? 1 : step
    })
    // The first particle's group is what the others are brought to.
    const first = this.steps[particles.groupOf[0] ?? 0] ?? 1
    if (first !== 1) this.steps = this.steps.map((step) => (step === first ? 1 : step))
  }

  async open(): Promise<void> {
    this.size = this.count > 0 ? (await this.reader(this.particles.stackOf[0]!)).size : this.particles.boxSize
  }

  async read(start: number, count: number): Promise<Float32Array> {
    const { path, stackOf, indexOf, groupOf } = this.particles
    if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 0 || start + count > this.count) {
      throw new AppError('InvalidInput', `${path}: particles ${start} to ${start + count - 1} were asked for, expected within 0 to ${this.count - 1}`, { file: path, start, count })
    }
    const length = this.size ** 2
    const result = new Float32Array(count * length)
    for (let i = start; i < start + count; ) {
      // One read for particles that follow each other in the same stack.
      let run = 1
      const step = this.steps[groupOf[i]!] ?? 1
      while (i + run < start + count && stackOf[i + run] === stackOf[i] && indexOf[i + run] === indexOf[i]! + run && (this.steps[groupOf[i + run]!] ?? 1) === step) run++
      const reader = await this.reader(stackOf[i]!)
      if (indexOf[i]! + run > reader.count) {
        const beyond = Math.max(i, i + reader.count - indexOf[i]!)
        const name = this.particles.stacks[stackOf[i]!]!.name
        throw new AppError('InvalidInput', `${path}: particle ${beyond + 1} is image ${indexOf[beyond]! + 1} of ${name}, which has ${reader.count}`, { file: path, particle: beyond + 1 })
      }
      const values = await reader.read(indexOf[i]!, run)
      if (reader.size !== this.size && step === 1) this.refuseSize(stackOf[i]!, reader.size)
      result.set(step === 1 ? values : resampleImages(values, this.resampling(reader.size, step)), (i - start) * length)
      i += run
    }
    return result
  }

  private resampling(from: number, step: number): ImageResampling {
    const key = `${from} ${step}`
    let found = this.resamplings.get(key)
    if (!found) this.resamplings.set(key, (found = imageResampling(from, this.size, step)))
    return found
  }

  private refuseSize(stack: number, found: number): never {
    const { path, stacks } = this.particles
    throw new AppError('InvalidInput', `${path}: ${stacks[stack]!.name} has images of ${found} pixels, expected ${this.size} as the first stack`, { file: path, found, expected: this.size })
  }

  private async reader(stack: number): Promise<StackReader> {
    const { path, stacks } = this.particles
    let opening = this.readers.get(stack)
    if (!opening) {
      const found = stacks[stack]!.path
      if (!found) {
        const missing = stacks.filter((reference) => reference.path === undefined).length
        throw new AppError('NotFound', `${path}: the stack ${stacks[stack]!.name} was not found${missing > 1 ? ` (nor ${missing - 1} more of ${stacks.length})` : ''}; --datadir says in which folder the stacks are, --strip-prefix what to leave out of their names`, { file: path, stack: stacks[stack]!.name, missing })
      }
      opening = openStack(found)
    }
    // Most recently used last.
    this.readers.delete(stack)
    this.readers.set(stack, opening)
    const reader = await opening
    if (this.readers.size > openLimit) {
      const [oldest] = this.readers.keys()
      const closing = this.readers.get(oldest!)!
      this.readers.delete(oldest!)
      await (await closing).close()
    }
    return reader
  }

  async close(): Promise<void> {
    const opened = [...this.readers.values()]
    this.readers.clear()
    for (const reader of opened) await reader.then((open) => open.close()).catch(() => undefined) // one that never opened was refused already
  }
}
