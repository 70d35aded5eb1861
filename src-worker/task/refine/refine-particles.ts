import { sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { requireInput } from '#core/error.ts'
import { Random } from '#core/random.ts'
import type { Volume } from '#core/volume/volume.ts'
import type { JobContext } from '#job/context.ts'
import { expandVolume } from '#method/expectation-maximization/expand-volume.ts'
import { initialModel } from '#method/expectation-maximization/initial-model.ts'
import { refineHalves, type Refinement } from '#method/expectation-maximization/refine-halves.ts'
import type { BallVolume } from '#method/expectation-maximization/shell-correlation.ts'
import { loadCoefficients } from './load-coefficients.ts'
import { RefinementWatch } from './refinement-watch.ts'

export interface RefineParticlesOptions {
  readonly particles: string
  /** Where the refinement starts: voxels of the images' box, or coefficients; absent: random initial models. */
  readonly start?: Volume | BallVolume | undefined
  readonly sigma?: number | undefined
  /** Radius of the ball that holds the particle, voxels. */
  readonly radius?: number | undefined
  readonly startShell: number
  readonly maxShell?: number | undefined
  readonly maxIterations: number
  readonly randomStarts: number
  /** 1 or 2 per image; default alternating. */
  readonly halves?: Uint8Array | undefined
}

export interface RefinedParticles {
  readonly refinement: Refinement
  readonly halves: Uint8Array
  readonly count: number
  readonly boxSize: number
  readonly pixelSize: number
  readonly sigma: number
  /** Log-likelihood per image of each random start, best first; empty with a start map. */
  readonly randomStarts: readonly number[]
  readonly seconds: { readonly load: number; readonly initialModel: number; readonly refine: number }
}

/**
 * Images to refined half-maps and poses: coefficients once, an initial model where none is given, gold-standard EM.
 * Announce the stages `load`, `initial-model` and `refine` before.
 */
export async function refineParticles(context: JobContext, options: RefineParticlesOptions): Promise<RefinedParticles> {
  const clock = stopwatch()
  const loaded = await context.stage('load', () => loadCoefficients(context, options))
  const { images, boxSize, pixelSize, sigma } = loaded
  const radius = images.basis.radius
  const load = clock()
  const watch = new RefinementWatch(context, { boxSize, pixelSize })
  const initial = await context.stage('initial-model', async () => {
    if (options.start) return { volume: asBall(options.start, { boxSize, radius, startShell: options.startShell }), likelihoods: [] }
    const model = await initialModel(context, images, { seed: new Random(context.seed).stream('initial model').bits(), radius, starts: options.randomStarts, onIteration: (fraction, present) => watch.initial(fraction, present) })
    return { volume: model.starts[0]!.volume, likelihoods: model.starts.map((start) => start.logLikelihood) }
  })
  const initialSeconds = clock()
  const halves = options.halves ?? Uint8Array.from({ length: images.count }, (_, i) => 1 + (i % 2))
  const refinement = await context.stage('refine', () =>
    refineHalves(context, {
      images,
      halves,
      start: initial.volume,
      startShell: options.startShell,
      radius,
      maxIterations: options.maxIterations,
      pixelSize,
      onIteration: (report, present) => watch.round(report, present, options.maxIterations),
    }),
  )
  return { refinement, halves, count: images.count, boxSize, pixelSize, sigma, randomStarts: initial.likelihoods, seconds: { load, initialModel: initialSeconds, refine: clock() } }
}

function asBall(start: Volume | BallVolume, shape: { boxSize: number; radius: number; startShell: number }): BallVolume {
  if ('coefficients' in start) return start
  requireInput(start.size === shape.boxSize, () => `the start map has a box of ${start.size} voxels, expected ${shape.boxSize} as the images`, { found: start.size, expected: shape.boxSize })
  const maxFrequency = (1.2 * 2 * Math.PI * shape.startShell) / shape.boxSize
  const basis = sphericalBesselBasis({ degree: Math.max(4, Math.round(0.7 * maxFrequency * shape.radius + 2)), radius: shape.radius, maxFrequency })
  return { basis, coefficients: expandVolume(basis, start.data, start.size) }
}

function stopwatch(): () => number {
  let began = performance.now()
  return () => {
    const seconds = (performance.now() - began) / 1000
    began = performance.now()
    return seconds
  }
}
