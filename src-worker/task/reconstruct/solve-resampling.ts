import { evaluateVolume } from '#core/basis/spherical-bessel.ts'
import { solveMoments } from '#method/moments/solve.ts'
import { defineOperation } from '#parallel/operation.ts'
import type { StartRequest } from './solve-start.ts'

export interface ResampledSolution {
  /** size^3, x fastest */
  readonly volume: Float32Array
  readonly viewLogits: Float64Array
  readonly chiSquarePerDatum: number
  readonly iterations: number
}

/** Moment matching from resampled moments, and the volume on the grid. */
export const solveResampling = defineOperation<StartRequest & { readonly boxSize: number }, ResampledSolution>('solve-resampling', ({ boxSize, ...request }) => {
  const solution = solveMoments(request)
  return {
    volume: evaluateVolume(solution.basis, solution.coefficients, boxSize),
    viewLogits: solution.viewLogits,
    chiSquarePerDatum: solution.chiSquarePerDatum,
    iterations: solution.stages.at(-1)!.iterations,
  }
})
