import { evaluateVolume, sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { requireInput } from '#core/error.ts'
import { Random } from '#core/random.ts'
import { resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import type { JobContext } from '#job/context.ts'
import { expandVolume } from '#method/expectation-maximization/expand-volume.ts'
import { initialModel } from '#method/expectation-maximization/initial-model.ts'
import { refineHalves, type Refinement } from '#method/expectation-maximization/refine-halves.ts'
import type { BallVolume } from '#method/expectation-maximization/shell-correlation.ts'
import { alignMaps } from '../evaluate/align-maps.ts'
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
  /** In-plane offsets within this many pixels are looked for; default 0: none. */
  readonly offsetRange?: number | undefined
  /** Pixels; default 1. */
  readonly offsetStep?: number | undefined
  /** Point group; default C1. */
  readonly symmetry?: string | undefined
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
  /** Shell to which the two most likely random starts agree (FSC 0.5, aligned over rotations and hands); undefined with fewer. */
  readonly startAgreement: number | undefined
  /** Sentences for people. */
  readonly warnings: readonly string[]
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
  const warnings: string[] = []
  const initial = await context.stage('initial-model', async () => {
    if (options.start) return { volume: asBall(options.start, { boxSize, radius, startShell: options.startShell }), likelihoods: [], agreement: undefined }
    const model = await initialModel(context, images, { seed: new Random(context.seed).stream('initial model').bits(), radius, symmetry: options.symmetry, starts: options.randomStarts, onIteration: (fraction, present) => watch.initial(fraction, present) })
    const agreement = model.starts.length < 2 ? undefined : await startAgreement(context, [model.starts[0]!.volume, model.starts[1]!.volume], { boxSize, shell: model.shell })
    if (agreement !== undefined && agreement < 0.8 * model.shell) {
      warnings.push(`the two most likely random models agree only to shell ${agreement.toFixed(1)} of ${model.shell.toFixed(1)}: both half-sets go on from the likelier one, so their agreement cannot tell whether it is right; try more random models or more images`)
      context.log('warning', warnings.at(-1)!)
    }
    return { volume: model.starts[0]!.volume, likelihoods: model.starts.map((start) => start.logLikelihood), agreement }
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
      symmetry: options.symmetry,
      maxIterations: options.maxIterations,
      offsetRange: options.offsetRange,
      offsetStep: options.offsetStep,
      pixelSize,
      onIteration: (report, present) => watch.round(report, present, options.maxIterations),
    }),
  )
  return { refinement, halves, count: images.count, boxSize, pixelSize, sigma, randomStarts: initial.likelihoods, startAgreement: initial.agreement, warnings, seconds: { load, initialModel: initialSeconds, refine: clock() } }
}

async function startAgreement(context: JobContext, starts: readonly [BallVolume, BallVolume], options: { boxSize: number; shell: number }): Promise<number> {
  const [fixed, moving] = starts.map(({ basis, coefficients }) => makeVolume(options.boxSize, 1, evaluateVolume(basis, coefficients, options.boxSize))) as [Volume, Volume]
  const { curve } = await context.pool.run(alignMaps, { moving, fixed, band: Math.ceil(options.shell) + 1 }, { signal: context.signal })
  return Math.min(options.shell, resolutionAt(curve, 0.5).shell)
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
