import { AppError } from '#core/error.ts'
import { openStack, type StackReader } from './stack-file.ts'
import { readParticles, type Particles } from './star-file.ts'

/** Stacks kept open at once; particle sets may name thousands. */
const openLimit = 16

/** The images of a STAR file or of a stack, whichever the path names, read in batches. */
export async function openImages(path: string): Promise<StackReader> {
  return /\.star(\.gz)?$/i.test(path) ? openParticleImages(await readParticles(path)) : openStack(path)
}

/**
 * The images that particles point at, in the order of the STAR file and each by its index in its stack.
 * Errors: NotFound for a missing stack, InvalidInput for an index beyond the stack or stacks of different sizes, when read.
 */
export async function openParticleImages(particles: Particles): Promise<StackReader> {
  const images = new ParticleImages(particles)
  await images.open()
  return images
}

class ParticleImages implements StackReader {
  readonly count: number
  readonly pixelSize: number
  readonly warnings: readonly string[]
  size = 0
  private readonly particles: Particles
  private readonly readers = new Map<number, Promise<StackReader>>()

  constructor(particles: Particles) {
    this.particles = particles
    this.count = particles.count
    this.pixelSize = particles.pixelSize
    this.warnings = particles.warnings
  }

  async open(): Promise<void> {
    this.size = this.count > 0 ? (await this.reader(this.particles.stackOf[0]!)).size : this.particles.boxSize
  }

  async read(start: number, count: number): Promise<Float32Array> {
    const { path, stackOf, indexOf } = this.particles
    if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 0 || start + count > this.count) {
      throw new AppError('InvalidInput', `${path}: particles ${start} to ${start + count - 1} were asked for, expected within 0 to ${this.count - 1}`, { file: path, start, count })
    }
    const length = this.size ** 2
    const result = new Float32Array(count * length)
    for (let i = start; i < start + count; ) {
      // One read for particles that follow each other in the same stack.
      let run = 1
      while (i + run < start + count && stackOf[i + run] === stackOf[i] && indexOf[i + run] === indexOf[i]! + run) run++
      const reader = await this.reader(stackOf[i]!)
      if (indexOf[i]! + run > reader.count) {
        const beyond = Math.max(i, i + reader.count - indexOf[i]!)
        const name = this.particles.stacks[stackOf[i]!]!.name
        throw new AppError('InvalidInput', `${path}: particle ${beyond + 1} is image ${indexOf[beyond]! + 1} of ${name}, which has ${reader.count}`, { file: path, particle: beyond + 1 })
      }
      result.set(await reader.read(indexOf[i]!, run), (i - start) * length)
      i += run
    }
    return result
  }

  private async reader(stack: number): Promise<StackReader> {
    const { path, stacks } = this.particles
    let opening = this.readers.get(stack)
    if (!opening) {
      const found = stacks[stack]!.path
      if (!found) throw new AppError('NotFound', `${path}: the stack ${stacks[stack]!.name} was not found`, { file: path, stack: stacks[stack]!.name })
      opening = openStack(found)
    }
    // Most recently used last.
    this.readers.delete(stack)
    this.readers.set(stack, opening)
    const reader = await opening
    if (this.size !== 0 && reader.size !== this.size) {
      throw new AppError('InvalidInput', `${path}: ${stacks[stack]!.name} has images of ${reader.size} pixels, expected ${this.size} as the first stack`, { file: path, found: reader.size, expected: this.size })
    }
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
    for (const reader of opened) await (await reader).close()
  }
}
