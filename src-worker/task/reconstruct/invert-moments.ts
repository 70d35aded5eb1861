import { evaluateVolume } from '#core/basis/spherical-bessel.ts'
import { requireInput } from '#core/error.ts'
import { effectiveMoments } from '#core/moments/effective-moments.ts'
import { combineParts, estimateNoise, momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { estimateParticleRadius } from '#core/moments/particle-radius.ts'
import { Random } from '#core/random.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { remembered, type JobContext } from '#job/context.ts'
import type { MomentSolution } from '#method/moments/solve.ts'
import { momentStage, type MomentStage } from '#method/moments/stage.ts'
import type { ReconstructSettings } from './settings.ts'
import { solveStart, type StartRequest } from './solve-start.ts'
import { StartWatch } from './start-watch.ts'

export type InversionSettings = Omit<ReconstructSettings, 'moments'>

export interface Inversion {
  /** Every random start after the first band, best first. */
  readonly tried: readonly MomentSolution[]
  /** The starts that went on through all bands, best first. */
  readonly starts: readonly { readonly solution: MomentSolution; readonly volume: Volume }[]
  /** Radius of the particle's ball, voxels. */
  readonly radius: number
  readonly third: boolean
  readonly bands: readonly MomentStage[]
  readonly seconds: number
}

/** Volumes and viewing distributions from moments: several random starts on the compute threads, best first. */
export async function invertMoments(context: JobContext, given: MomentSet, settings: InversionSettings): Promise<Inversion> {
  const began = performance.now()
  const { set, transfer } = effectiveMoments(given)
  const { specification, noiseVariance } = set
  const bases = momentBases(specification)
  const sums = combineParts(set, bases)
  requireInput(noiseVariance > 0, () => 'the moments say that the noise variance is 0: give sigma when they are taken', { found: noiseVariance })
  const third = settings.third && specification.thirdMaxFrequency !== undefined
  const radius = particleRadius(context, { set, settings, sums, filtered: transfer !== undefined })
  const perShell = (2 * Math.PI) / specification.boxSize
  const highest = (third ? specification.thirdMaxFrequency! : Math.min(specification.maxFrequency, Math.PI / 2)) / perShell
  const shells = settings.bands ?? [0.5, 0.72, 1].map((part) => part * highest)
  shells.forEach((shell, i) => {
    requireInput(shell <= highest + 1e-9 && shell > (shells[i - 1] ?? 0), () => `bands are ${shells.join(', ')}, expected ascending shells up to ${highest.toFixed(1)}`, { field: 'bands', found: shells })
  })
  const bands = shells.map((shell) =>
    momentStage({ basis: bases.basis, ...(bases.thirdBasis && { thirdBasis: bases.thirdBasis }), sums, parts: set.parts.map((part) => part.sums), noiseVariance, transfer }, { maxFrequency: shell * perShell, radius, third }),
  )
  const empty = bands.findIndex((band) => band.components.length < 2)
  requireInput(empty < 0, () => `no signal stands above the noise in the band up to shell ${shells[empty]!.toFixed(1)}: more images, less noise or a wider band are needed (${sums.imageCount} images, sigma ${Math.sqrt(noiseVariance).toPrecision(3)})`)
  const common = { image: bases.basis, third, radius, viewDegree: settings.viewDegree, symmetry: settings.symmetry, iterations: settings.iterations }
  const random = new Random(context.seed)
  const seeds = Array.from({ length: settings.starts }, (_, start) => random.stream(`start ${start}`).bits())
  const watch = new StartWatch(context, { boxSize: specification.boxSize, pixelSize: specification.pixelSize })
  const [first, ...later] = bands
  const tried = await solveAll(context, seeds.map((seed, start) => ({ ...common, start, band: 0, seed, stages: [first!] })), { from: 0, to: later.length > 0 ? 0.35 : 1, watch })
  const order = [...tried.keys()].sort((a, b) => byFit(tried[a]!, tried[b]!))
  let kept = order.slice(0, settings.continued).map((start) => ({ start, solution: tried[start]! }))
  for (const [index, stage] of later.entries()) {
    // Later bands cost more: the last one half of the whole.
    const share = (done: number): number => 0.35 + (0.65 * (2 ** done - 1)) / (2 ** later.length - 1)
    watch.nextBand()
    const solved = await solveAll(context, kept.map(({ start, solution }) => ({ ...common, start, band: index + 1, seed: solution.seed, stages: [stage], from: solution })), { from: share(index), to: share(index + 1), watch })
    kept = kept.map(({ start }, i) => ({ start, solution: solved[i]! }))
  }
  const solutions = kept.map(({ solution }) => solution).sort(byFit)
  const starts = solutions.map((solution) => ({
    solution,
    volume: makeVolume(specification.boxSize, specification.pixelSize, evaluateVolume(solution.basis, solution.coefficients, specification.boxSize)),
  }))
  return { starts, tried: order.map((start) => tried[start]!), radius, third, bands, seconds: (performance.now() - began) / 1000 }
}

function byFit(a: MomentSolution, b: MomentSolution): number {
  return a.chiSquarePerDatum - b.chiSquarePerDatum
}

/** One band of one start. */
interface BandRequest extends StartRequest {
  readonly start: number
  readonly band: number
}

// Each band of each start is kept, so that an interrupted job need not do it again.
async function solveAll(context: JobContext, requests: readonly BandRequest[], options: { from: number; to: number; watch: StartWatch }): Promise<MomentSolution[]> {
  const { from, to, watch } = options
  const fractions = new Float64Array(requests.length)
  return Promise.all(
    requests.map(async ({ start, band, ...request }, index) => {
      const advance = (fraction: number): void => {
        fractions[index] = fraction
        context.progress(from + (to - from) * (fractions.reduce((sum, f) => sum + f, 0) / requests.length))
      }
      const solution = await remembered(context, `start-${start + 1}-band-${band + 1}`, () =>
        context.pool.run(solveStart, { ...request, frame: watch.frame }, {
          signal: context.signal,
          onProgress: (fraction, detail) => {
            advance(fraction)
            watch.step(start, detail)
          },
        }),
      )
      advance(1)
      watch.done(start, solution)
      return solution
    }),
  )
}

function particleRadius(context: JobContext, options: { set: MomentSet; settings: InversionSettings; sums: ReturnType<typeof combineParts>; filtered: boolean }): number {
  const { specification } = options.set
  // Pixels are those of the images as they were, whatever was done to them before they were summed.
  const noiseVariance = options.filtered ? estimateNoise(options.sums, specification) : options.set.noiseVariance
  if (options.settings.diameter !== undefined) {
    const radius = options.settings.diameter / (2 * specification.pixelSize)
    requireInput(radius <= specification.radius, () => `the particle diameter is ${options.settings.diameter} Å, expected at most ${(2 * specification.radius * specification.pixelSize).toFixed(0)} Å, the disc of the moments`, { field: 'diameter', found: options.settings.diameter })
    return radius
  }
  const { radius, reliable } = estimateParticleRadius(options.sums, { boxSize: specification.boxSize, noiseVariance, limit: specification.radius })
  context.log(reliable ? 'info' : 'warning', reliable ? `particle radius estimated as ${radius} px` : `the particle radius cannot be told from the noise: the whole disc of ${radius} px is used; give --diameter`)
  return radius
}
