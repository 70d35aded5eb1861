import { evaluateVolume } from '#core/basis/spherical-bessel.ts'
import { effectiveMoments } from '#core/moments/effective-moments.ts'
import { combineParts, momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { Random } from '#core/random.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { remembered, type JobContext } from '#job/context.ts'
import { momentStage } from '#method/moments/stage.ts'
import type { Inversion, InversionSettings } from './invert-moments.ts'
import { solveStart } from './solve-start.ts'

/**
 * Volumes from the moments of each half-set alone: both go on from the best start's first band (a low-resolution
 * volume of all images, which keeps frame and hand), so what they share beyond that band is in the data.
 */
export async function halfVolumes(context: JobContext, given: MomentSet, inversion: Inversion, settings: InversionSettings): Promise<[Volume, Volume]> {
  const { set, transfer } = effectiveMoments(given)
  const { specification, noiseVariance } = set
  const bases = momentBases(specification)
  const best = inversion.starts[0]!.solution
  const from = inversion.tried.find((start) => start.seed === best.seed) ?? best
  const bands = inversion.bands.length > 1 ? inversion.bands.slice(1) : inversion.bands
  const random = new Random(context.seed)
  const fractions = [0, 0]
  const solve = async (half: 1 | 2): Promise<Volume> => {
    const sums = combineParts(set, bases, (part) => part.half === half)
    const stages = bands.map((band) =>
      momentStage({ basis: bases.basis, ...(bases.thirdBasis && { thirdBasis: bases.thirdBasis }), sums, parts: set.parts.filter((part) => part.half === half).map((part) => part.sums), noiseVariance, transfer }, { maxFrequency: band.maxFrequency, radius: inversion.radius, third: inversion.third }),
    )
    const solution = await remembered(context, `half-${half}`, () => context.pool.run(
      solveStart,
      { image: bases.basis, stages, third: inversion.third, radius: inversion.radius, viewDegree: settings.viewDegree, symmetry: settings.symmetry, iterations: settings.iterations, seed: random.stream(`half ${half}`).bits(), from },
      {
        signal: context.signal,
        onProgress: (fraction) => {
          fractions[half - 1] = fraction
          context.progress((fractions[0]! + fractions[1]!) / 2)
        },
      },
    ))
    return makeVolume(specification.boxSize, specification.pixelSize, evaluateVolume(solution.basis, solution.coefficients, specification.boxSize))
  }
  return Promise.all([solve(1), solve(2)])
}
