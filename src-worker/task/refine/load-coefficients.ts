import { steerableBasis } from '#core/basis/steerable.ts'
import { requireInput } from '#core/error.ts'
import { openImages } from '#io/particle-images.ts'
import type { StackReader } from '#io/stack-file.ts'
import type { JobContext } from '#job/context.ts'
import type { ImageCoefficients } from '#method/expectation-maximization/band-plan.ts'
import { expandPart } from './expand-part.ts'

export interface LoadedCoefficients {
  readonly images: ImageCoefficients
  readonly boxSize: number
  /** Angstrom. */
  readonly pixelSize: number
  readonly sigma: number
}

/** Images in one piece of work. */
const PIECE = 4096
/** Product of band limit and disc radius that the default highest shell stays under. */
const REACH = 70

/** Reads all images once and keeps their steerable coefficients over sigma in shared memory (4 bytes each). */
export async function loadCoefficients(context: JobContext, options: { particles: string; sigma?: number | undefined; radius?: number | undefined; maxShell?: number | undefined }): Promise<LoadedCoefficients> {
  const source = await openImages(options.particles)
  const { count, size: boxSize, pixelSize } = source
  const sigma = options.sigma ?? (await cornerNoise(source))
  await source.close()
  requireInput(sigma > 0, () => `${options.particles}: the noise in the corners of the images is 0: give sigma`, { file: options.particles, field: 'sigma', found: sigma })
  const largest = Math.floor((boxSize - 1) / 2)
  const radius = options.radius ?? Math.min(largest, Math.round(0.46 * boxSize))
  requireInput(radius > 2 && radius <= largest, () => `the particle radius is ${radius.toFixed(1)} px, expected 2 to ${largest} for a box of ${boxSize} px`, { field: 'diameter', found: radius })
  const perShell = (2 * Math.PI) / boxSize
  const maxShell = options.maxShell ?? Math.min(boxSize / 3, REACH / radius / perShell)
  requireInput(maxShell >= 3 && maxShell < boxSize / 2, () => `the highest shell is ${maxShell}, expected 3 to less than ${boxSize / 2}`, { field: 'refineMaxShell', found: maxShell })
  const basis = steerableBasis({ boxSize, radius, maxFrequency: maxShell * perShell })
  const buffer = new SharedArrayBuffer(4 * count * basis.length)
  let done = 0
  const parts = await Promise.all(
    Array.from({ length: Math.ceil(count / PIECE) }, async (_, piece) => {
      const size = Math.min(PIECE, count - piece * PIECE)
      const part = await context.pool.run(expandPart, { particles: options.particles, basis, start: piece * PIECE, count: size, scale: 1 / sigma, out: buffer }, { signal: context.signal })
      context.progress((done += size) / count)
      return part
    }),
  )
  const skipped = parts.reduce((sum, part) => sum + part.skipped, 0)
  if (skipped > 0) context.log('warning', `${skipped} of ${count} images hold values that are not finite: they are taken as empty`)
  return { images: { basis, buffer, count, noiseVariance: sigma * sigma }, boxSize, pixelSize, sigma }
}

// Standard deviation of the pixels beyond the inscribed circle, over up to 2000 images spread evenly
async function cornerNoise(source: StackReader): Promise<number> {
  const { count, size } = source
  const centre = Math.floor(size / 2)
  const corner: number[] = []
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (Math.hypot(x - centre, y - centre) > size / 2) corner.push(y * size + x)
  let sum = 0
  let squares = 0
  let seen = 0
  const blocks = Math.min(20, count)
  for (let block = 0; block < blocks; block++) {
    const start = Math.floor((block * count) / blocks)
    const images = Math.min(100, count - start)
    const pixels = await source.read(start, images)
    for (let i = 0; i < images; i++) {
      for (const p of corner) {
        const value = pixels[i * size * size + p]!
        if (!Number.isFinite(value)) continue
        sum += value
        squares += value * value
        seen++
      }
    }
  }
  return Math.sqrt(Math.max(0, squares / seen - (sum / seen) ** 2))
}
