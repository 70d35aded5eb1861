import { multinomialCounts } from '#core/distribution/multinomial.ts'
import { mixtureDensity, type VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { requireInput } from '#core/error.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { sigmaFromSnr, snrFromSigma } from '#core/image/noise.ts'
import { momentBases, type MomentPart, type MomentSet, type MomentSpecification } from '#core/moments/moment-set.ts'
import { Random } from '#core/random.ts'
import type { Volume } from '#core/volume/volume.ts'
import type { JobContext } from '#job/context.ts'
import { momentSpecification, type SpecificationChoice } from '../estimate-moments/specification.ts'
import { expandViews } from './expand-views.ts'
import { simulatePart } from './simulate-part.ts'

export interface SimulateMomentsOptions extends SpecificationChoice {
  readonly images: number
  /** One of the two. */
  readonly sigma?: number | undefined
  readonly snr?: number | undefined
  /** Partial sums, an even number: half of them for each half-set. */
  readonly parts: number
  /** Viewing directions that stand for the continuous distribution. */
  readonly directions: number
}

export interface SimulatedMoments {
  readonly set: MomentSet
  readonly sigma: number
  /** E|I|^2 / (n^2 sigma^2) */
  readonly snr: number
  /** Mean of |I|^2 over the clean images. */
  readonly cleanEnergy: number
}

/** Views in one piece of work. */
const PIECE = 2500

/**
 * Moments of N noisy images of `truth` without making them: how many look along each of `directions` Fibonacci points is
 * multinomial by the viewing density there, and the sums are drawn by `simulateMomentSums`, part by part on the compute
 * threads. Pixel sums are their expectations. Everything follows from the context's seed, whatever the number of threads.
 * Errors: too few images for the band, no noise.
 */
export async function simulateMoments(context: JobContext, truth: Volume, views: VonMisesFisherMixture, options: SimulateMomentsOptions): Promise<SimulatedMoments> {
  const { images, parts } = options
  const specification = momentSpecification({ boxSize: truth.size, pixelSize: truth.voxelSize }, options)
  const { basis } = momentBases(specification)
  const least = parts * (2 * Math.max(...basis.counts) + 2)
  requireInput(images >= least, () => `a moments-only simulation has ${images} images, expected at least ${least} (${parts} partial sums at this box and band)`, { field: 'images', found: images, expected: least })
  const random = new Random(context.seed).stream('simulate-moments')
  const points = fibonacciSphere(options.directions)
  const density = Float64Array.from({ length: options.directions }, (_, j) => mixtureDensity(views, points[3 * j]!, points[3 * j + 1]!, points[3 * j + 2]!))
  const total = density.reduce((sum, value) => sum + value, 0)
  const weights = density.map((value) => value / total)
  const expanded = await expand(context, truth, { specification, points, weights, random: random.stream('views') })
  const cleanEnergy = expanded.pixelPower.reduce((sum, value) => sum + value, 0)
  const sigma = options.sigma ?? sigmaFromSnr(cleanEnergy, truth.size, options.snr!)
  requireInput(sigma > 0, () => `sigma is ${sigma}, expected more than 0: moments are weighed by the noise`, { field: 'sigma', found: sigma })
  const pixels = expectedPixels(expanded, truth.size, sigma)
  let done = 0
  const made = await Promise.all(
    Array.from({ length: parts }, async (_, k): Promise<MomentPart> => {
      const own = random.stream(k)
      const count = Math.floor(((k + 1) * images) / parts) - Math.floor((k * images) / parts)
      const occupancy = multinomialCounts(count, weights, own.stream('occupancy'))
      const sums = await context.pool.run(simulatePart, { specification, signals: expanded.signals, occupancy, noiseVariance: sigma ** 2, seed: own.stream('noise').bits() }, { signal: context.signal })
      for (let p = 0; p < pixels.sum.length; p++) {
        sums.pixelSum[p] = count * pixels.sum[p]!
        sums.pixelPower[p] = count * pixels.power[p]!
      }
      context.progress(0.2 + (0.8 * ++done) / parts, `${done} of ${parts} partial sums`)
      return { half: k % 2 === 0 ? 1 : 2, sums }
    }),
  )
  const snr = snrFromSigma(cleanEnergy, truth.size, sigma)
  const provenance = { simulation: 'moments-only simulation', images, sigma, snr, seed: context.seed, directions: options.directions }
  return { set: { specification, parts: made, noiseVariance: sigma ** 2, noiseSource: 'given', provenance }, sigma, snr, cleanEnergy }
}

interface Expanded {
  readonly signals: Float32Array
  readonly pixelSum: Float64Array
  readonly pixelPower: Float64Array
}

interface Views {
  readonly specification: MomentSpecification
  readonly points: Float64Array
  readonly weights: Float64Array
  readonly random: Random
}

async function expand(context: JobContext, truth: Volume, { specification, points, weights, random }: Views): Promise<Expanded> {
  const { basis } = momentBases(specification)
  const count = weights.length
  const volume = new Float32Array(new SharedArrayBuffer(4 * truth.data.length))
  volume.set(truth.data)
  // The in-plane angle drops out of the moments; a random one makes the mean pixel power what rotated images have.
  const angles = new Float64Array(3 * count)
  for (let j = 0; j < count; j++) {
    const [x, y, z] = [points[3 * j]!, points[3 * j + 1]!, points[3 * j + 2]!]
    angles.set([Math.atan2(y, x), Math.atan2(Math.hypot(x, y), z), 2 * Math.PI * random.uniform()], 3 * j)
  }
  const out = { signals: new Float32Array(new SharedArrayBuffer(4 * count * basis.length)), pixelSum: new Float64Array(truth.size ** 2), pixelPower: new Float64Array(truth.size ** 2) }
  const pieces = Array.from({ length: Math.ceil(count / PIECE) }, (_, k) => k * PIECE)
  let done = 0
  const results = await Promise.all(
    pieces.map(async (start) => {
      const end = Math.min(count, start + PIECE)
      const piece = await context.pool.run(expandViews, { volume, specification, angles: angles.slice(3 * start, 3 * end), weights: weights.slice(start, end) }, { signal: context.signal })
      context.progress((0.2 * ++done) / pieces.length, `${count} views`)
      return piece
    }),
  )
  results.forEach((piece, k) => {
    out.signals.set(piece.signals, pieces[k]! * basis.length)
    for (let p = 0; p < out.pixelSum.length; p++) {
      out.pixelSum[p]! += piece.pixelSum[p]!
      out.pixelPower[p]! += piece.pixelPower[p]!
    }
  })
  return out
}

// Per image and pixel: means over the circle a pixel turns on, plus the noise's power.
function expectedPixels({ pixelSum, pixelPower }: Expanded, size: number, sigma: number): { sum: Float64Array; power: Float64Array } {
  const centre = Math.floor(size / 2)
  const ring = Int32Array.from({ length: size * size }, (_, p) => Math.round(Math.hypot((p % size) - centre, Math.floor(p / size) - centre)))
  const mean = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(size)
    const counts = new Float64Array(size)
    values.forEach((value, p) => {
      sums[ring[p]!]! += value
      counts[ring[p]!]!++
    })
    return Float64Array.from(ring, (r) => sums[r]! / counts[r]!)
  }
  return { sum: mean(pixelSum), power: mean(pixelPower).map((value) => value + sigma ** 2) }
}
