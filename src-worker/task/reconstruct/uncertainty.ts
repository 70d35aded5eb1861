import { evaluateHarmonicDensity } from '#core/distribution/harmonic-density.ts'
import { requireInput } from '#core/error.ts'
import { rotateVector, transposeRotation, type Rotation } from '#core/geometry/rotation.ts'
import { quantile } from '#core/math/quantile.ts'
import { effectiveMoments } from '#core/moments/effective-moments.ts'
import { momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { Random } from '#core/random.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { remembered, type JobContext } from '#job/context.ts'
import { resampledMoments, resamplingWeights } from '#method/moments/bootstrap.ts'
import { componentMoments } from '#method/moments/stage.ts'
import type { Inversion, InversionSettings } from './invert-moments.ts'
import { solveResampling } from './solve-resampling.ts'

/** What resampling says of a map. Ranges are from the 5th to the 95th percentile. */
export interface Uncertainty {
  readonly resamplings: number
  /** Standard deviation per voxel, in the map's units. */
  readonly deviation: Volume
  /** Predicted FSC of the map with the unknown truth, per shell up to the last band. */
  readonly fscBand: readonly FscRange[]
  /** Shell at which that falls below 0.5. */
  readonly shell05: { readonly low: number; readonly high: number }
  /** Every resampled viewing distribution: its logit coefficients, and the rotation into the map's frame. */
  readonly views: { readonly degree: number; readonly samples: readonly { readonly logits: Float64Array; readonly rotation: Rotation }[] }
  readonly seconds: number
}

export interface FscRange {
  readonly shell: number
  readonly low: number
  readonly median: number
  readonly high: number
}

/** The numbers for a summary. */
export function uncertaintySummary({ resamplings, fscBand, shell05, seconds }: Uncertainty): Pick<Uncertainty, 'resamplings' | 'fscBand' | 'shell05' | 'seconds'> {
  return { resamplings, fscBand, shell05, seconds }
}

/** L-BFGS stops a resampling where ten steps gain less than this part of the value. */
const TOLERANCE = 1e-5

/**
 * Spread of the best solution over draws of the parts, as many as `bootstrap` says. Each draw resamples the moments of the
 * last band (`resamplingWeights`), centres the priors on a draw from themselves, goes on from one of the starts, in turn,
 * and is aligned to the map as the map would be to a truth. In a linear problem with Gaussian noise such solutions are
 * samples of the posterior (perturb-and-MAP: Papandreou and Yuille 2010; Newton, Polson and Xu 2021), so the truth is to
 * the map what a sample is to it, and `FSC(map, sample)` has the law of `FSC(map, truth)`. Resampling the data alone would
 * not do: what the data leave open is held by the prior and would look certain. How well it holds, and where not:
 * README.md in method/moments and test/bench/calibration.ts.
 * Errors: fewer than four parts a half-set.
 */
export async function estimateUncertainty(context: JobContext, given: MomentSet, inversion: Inversion, settings: InversionSettings & { readonly bootstrap: number }): Promise<Uncertainty> {
  const began = performance.now()
  const { set } = effectiveMoments(given)
  const { boxSize, pixelSize } = set.specification
  const { basis } = momentBases(set.specification)
  const best = inversion.starts[0]!
  const stage = inversion.bands.at(-1)!
  const used = set.parts.filter((part) => part.sums.imageCount > 0)
  const fewest = Math.min(...[1, 2].map((half) => used.filter((part) => part.half === half).length))
  requireInput(fewest >= LEAST_PARTS, () => `the moments are in ${fewest} parts a half-set, expected at least ${LEAST_PARTS} for their uncertainty`, { field: 'bootstrap', found: fewest })
  const parts = used.map((part) => componentMoments(part.sums, { basis, components: stage.components, third: stage.third }))
  const random = new Random(context.seed).stream('bootstrap')
  let done = 0
  const samples = await Promise.all(
    Array.from({ length: settings.bootstrap }, async (_, index) => {
      const own = random.stream(index)
      const from = inversion.starts[startOf(index, inversion)]!
      const moments = resampledMoments(stage.moments, parts, resamplingWeights(used.map((part) => part.half), own.stream('parts')))
      const sample = await remembered(context, `resampling-${index + 1}`, () => context.pool.run(
        solveResampling,
        {
          image: basis, stages: [{ ...stage, moments }], third: inversion.third, radius: inversion.radius, viewDegree: settings.viewDegree, symmetry: settings.symmetry,
          iterations: settings.iterations, tolerance: TOLERANCE, seed: from.solution.seed, priorSeed: own.stream('prior').bits(), from: from.solution, reference: best.volume,
        },
        { signal: context.signal },
      ))
      context.progress(++done / settings.bootstrap, `${done} of ${settings.bootstrap} resamplings`)
      return sample
    }),
  )
  const volumes = samples.map((sample) => sample.volume)
  const curves = volumes.map((volume) => fourierShellCorrelation(best.volume, volume))
  const lastShell = Math.min(Math.floor(boxSize / 2), Math.ceil((stage.maxFrequency * boxSize) / (2 * Math.PI)))
  const shells = curves.map((curve) => resolutionAt(curve, 0.5).shell)
  return {
    resamplings: samples.length,
    deviation: makeVolume(boxSize, pixelSize, standardDeviation(volumes)),
    fscBand: Array.from({ length: lastShell }, (_, i) => {
      const values = curves.map((curve) => curve.correlation[i + 1]!)
      return { shell: i + 1, low: quantile(values, 0.05), median: quantile(values, 0.5), high: quantile(values, 0.95) }
    }),
    shell05: { low: quantile(shells, 0.05), high: quantile(shells, 0.95) },
    views: { degree: best.solution.viewDegree, samples: samples.map(({ viewLogits, rotation }) => ({ logits: viewLogits, rotation })) },
    seconds: (performance.now() - began) / 1000,
  }
}

// Over the starts in turn.
function startOf(index: number, inversion: Inversion): number {
  return index % inversion.starts.length
}

/** Parts of a half-set below which their scatter says too little. */
const LEAST_PARTS = 4

/** The viewing density's quantile over resamplings, at given unit vectors (3 x count). */
export function viewQuantile({ views }: Uncertainty, fraction: number): (directions: Float64Array) => Float64Array {
  return (directions) => {
    const densities = views.samples.map(({ logits, rotation }) => evaluateHarmonicDensity({ degree: views.degree, logits }, turnBack(rotation, directions)))
    return Float64Array.from({ length: directions.length / 3 }, (_, j) => quantile(densities.map((density) => density[j]!), fraction))
  }
}

// R^T w for every direction
function turnBack(rotation: Rotation, directions: Float64Array): Float64Array {
  const back = transposeRotation(rotation)
  const out = new Float64Array(directions.length)
  for (let i = 0; i < directions.length; i += 3) out.set(rotateVector(back, directions.subarray(i, i + 3)), i)
  return out
}

function standardDeviation(volumes: readonly Volume[]): Float32Array {
  const count = volumes.length
  return Float32Array.from({ length: volumes[0]!.data.length }, (_, i) => {
    const mean = volumes.reduce((sum, { data }) => sum + data[i]!, 0) / count
    return Math.sqrt(volumes.reduce((sum, { data }) => sum + (data[i]! - mean) ** 2, 0) / Math.max(1, count - 1))
  })
}
