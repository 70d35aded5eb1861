import { bandProjection } from '#core/basis/steerable.ts'
import { momentBases, type MomentSpecification } from '#core/moments/moment-set.ts'
import type { MomentSums } from '#core/moments/moment-sums.ts'
import { simulateMomentSums } from '#core/moments/simulate-moments.ts'
import { Random } from '#core/random.ts'
import { fastCleanThird } from '#method/moments/clean-third.ts'
import { defineOperation } from '#parallel/operation.ts'

export interface SimulatedPartRequest {
  readonly specification: MomentSpecification
  /** Coefficient vectors of the views, one row each; in shared memory they are not copied. */
  readonly signals: Float32Array
  /** How many of the part's images look along each view. */
  readonly occupancy: Float64Array
  readonly noiseVariance: number
  readonly seed: number
}

/** Moment sums of one part's images, which are never made; its pixel sums are left at zero. */
export const simulatePart = defineOperation<SimulatedPartRequest, MomentSums>('simulate-moments/part', ({ specification, signals, occupancy, noiseVariance, seed }) => {
  const { basis, thirdBasis } = momentBases(specification)
  const narrow = thirdBasis && { basis: thirdBasis, projection: bandProjection(thirdBasis, basis) }
  const third = narrow && { ...narrow, clean: fastCleanThird({ basis, third: narrow, signals, occupancy }) }
  return simulateMomentSums({ basis, signals, occupancy, noiseVariance, ...(third && { third }) }, new Random(seed))
})
