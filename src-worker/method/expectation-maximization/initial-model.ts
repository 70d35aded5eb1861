import { evaluateVolume, sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { Random } from '#core/random.ts'
import { particleExtent } from '#core/volume/particle-extent.ts'
import { makeVolume } from '#core/volume/volume.ts'
import type { JobContext } from '#job/context.ts'
import { bandPlan, type ImageCoefficients } from './band-plan.ts'
import { radialEnvelope } from './envelope.ts'
import { expandVolume } from './expand-volume.ts'
import { spectrumVariances, type ImageSpectrum } from './image-spectrum.ts'
import { changeBand, type ImageSet } from './image-set.ts'
import { advance, narrowed } from './march.ts'
import { randomStart } from './random-start.ts'
import type { BallVolume } from './shell-correlation.ts'

export interface InitialModelOptions {
  readonly seed: number
  /** Radius of the ball that holds the particle, voxels. */
  readonly radius: number
  /** Independent random starts; the one of highest likelihood is kept. Default 1. */
  readonly starts?: number
  /** Bands in Fourier shells, ascending, and iterations in each at most. */
  readonly bands?: readonly { readonly shell: number; readonly iterations: number }[]
  /** Point group of the particle; default C1. */
  readonly symmetry?: string | undefined
  /** Prior spectrum; default: learnt from the volume as it goes. */
  readonly spectrum?: ImageSpectrum | undefined
  /** Images used at most; default 5000. */
  readonly mostImages?: number
  readonly onIteration?: (fraction: number, present: { readonly start: number; readonly iteration: number; readonly logLikelihood: number; readonly volume: BallVolume }) => void
}

/** One start between two iterations. */
interface StartState {
  readonly set: ImageSet
  readonly band: number
  /** Iterations done in the band. */
  readonly iteration: number
  readonly count: number
}

/** A start's state is kept this often at most, seconds. */
const KEEP_SECONDS = 2

export interface InitialModel {
  /** Best first. */
  readonly starts: readonly { readonly seed: number; readonly logLikelihood: number; readonly volume: BallVolume; readonly views: ImageSet['views']; readonly set: ImageSet }[]
  /** Radius of a ball that holds what was found, voxels: at most the one given. */
  readonly radius: number
  readonly shell: number
}

/** Low-resolution shells are found first: from the second band on everything is a refinement. */
const BANDS = [
  { shell: 4, iterations: 30 },
  { shell: 5, iterations: 20 },
  { shell: 6, iterations: 15 },
  { shell: 7.5, iterations: 8 },
] as const
/** A band is left when an iteration gains less log-likelihood per image than this. */
const SMALL_GAIN = 0.004

/**
 * Volume from random starts: steerable EM on all images (or the first `mostImages` of them, spread evenly) with
 * frequency marching to a low band (algorithms.md 10b).
 */
export async function initialModel(context: JobContext, images: ImageCoefficients, options: InitialModelOptions): Promise<InitialModel> {
  const bands = options.bands ?? BANDS
  const used = Math.min(images.count, options.mostImages ?? 5000)
  const rows = Int32Array.from({ length: used }, (_, i) => Math.floor((i * images.count) / used))
  const shells = bands.map((band) => Math.min(band.shell, maxShell(images)))
  const first = bandPlan(images, shells[0]!, options.radius, { symmetry: options.symmetry })
  const total = (options.starts ?? 1) * bands.reduce((sum, band) => sum + band.iterations, 0)
  let done = 0
  const random = new Random(options.seed)
  const starts = await Promise.all(
    Array.from({ length: options.starts ?? 1 }, async (_, start) => {
      const seed = random.stream(`initial model ${start}`).bits()
      const name = `initial-model-${start}`
      const before = await context.restore<StartState>(name)
      const begun = before?.set ?? (await randomStart(context, images, { rows, plan: first, random: new Random(seed) }))
      let set: ImageSet = options.spectrum ? { ...begun, spectrum: options.spectrum, variances: spectrumVariances(options.spectrum, begun.plan.volume, begun.plan.bins) } : begun
      let count = before?.count ?? 0
      let kept = performance.now()
      for (const [index, shell] of shells.entries()) {
        if (before && index < before.band) continue
        const within = before?.band === index
        if (index > 0 && !within) {
          // From the third band on the map says where it is.
          const envelope = index > 1 ? radialEnvelope({ basis: set.plan.volume, coefficients: set.coefficients }, images.basis.boxSize / (2 * Math.PI * shells[index - 1]!)) : undefined
          const plan = bandPlan(images, shell, options.radius, { envelope, symmetry: options.symmetry })
          const moved = await changeBand(context, set, plan)
          set = { ...moved, candidates: narrowed(set, moved) }
        }
        for (let i = within ? before.iteration : 0; i < bands[index]!.iterations; i++) {
          const likelihood = i === 0 ? -Infinity : set.posterior!.logLikelihood
          set = await advance(context, images, set, { index: i, last: i === bands[index]!.iterations - 1 })
          options.onIteration?.(++done / total, { start, iteration: ++count, logLikelihood: set.posterior!.logLikelihood, volume: { basis: set.plan.volume, coefficients: set.coefficients } })
          await context.breathe()
          const settled = i > 3 && set.posterior!.logLikelihood - likelihood < SMALL_GAIN
          if (settled || performance.now() - kept > 1000 * KEEP_SECONDS) {
            await context.checkpoint(name, { set, band: index, iteration: settled ? bands[index]!.iterations : i + 1, count } satisfies StartState)
            kept = performance.now()
          }
          if (settled) {
            done += bands[index]!.iterations - 1 - i
            break
          }
        }
      }
      return { seed, logLikelihood: set.posterior!.logLikelihood, volume: { basis: set.plan.volume, coefficients: set.coefficients }, views: set.views, set }
    }),
  )
  starts.sort((a, b) => b.logLikelihood - a.logLikelihood)
  return { starts, radius: ballOf(starts[0]!.volume, images.basis.boxSize), shell: shells.at(-1)! }
}

function maxShell(images: ImageCoefficients): number {
  return (images.basis.maxFrequency * images.basis.boxSize) / (2 * Math.PI)
}

/** Radius of the ball about the box centre that holds a low-resolution map, with a margin for its finer parts, voxels. */
export function ballOf(volume: BallVolume, boxSize: number): number {
  const extent = particleExtent(makeVolume(boxSize, 1, evaluateVolume(volume.basis, volume.coefficients, boxSize)))
  return extent ? Math.min(volume.basis.radius, Math.ceil(1.1 * extent.radius + 3.5)) : volume.basis.radius
}

/** The same volume on a smaller ball. */
export function withRadius(volume: BallVolume, radius: number, boxSize: number): BallVolume {
  if (radius === volume.basis.radius) return volume
  const basis = sphericalBesselBasis({ degree: volume.basis.degree, radius, maxFrequency: volume.basis.maxFrequency })
  return { basis, coefficients: expandVolume(basis, evaluateVolume(volume.basis, volume.coefficients, boxSize), boxSize) }
}
