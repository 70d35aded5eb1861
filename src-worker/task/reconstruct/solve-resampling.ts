import { evaluateVolume } from '#core/basis/spherical-bessel.ts'
import type { Rotation } from '#core/geometry/rotation.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { solveMoments } from '#method/moments/solve.ts'
import { defineOperation } from '#parallel/operation.ts'
import type { StartRequest } from './solve-start.ts'

export interface ResampledSolution {
  /** Turned to fit the reference, in the better hand. */
  readonly volume: Volume
  readonly viewLogits: Float64Array
  /** From the solution's frame to the reference's: density there = density here (R^T w). */
  readonly rotation: Rotation
  readonly chiSquarePerDatum: number
}

/** Moment matching from resampled moments; its volume aligned to `reference`, as a map is to a truth. */
export const solveResampling = defineOperation<StartRequest & { readonly reference: Volume }, ResampledSolution>('solve-resampling', ({ reference, ...request }) => {
  const { basis, coefficients, viewLogits, chiSquarePerDatum } = solveMoments(request)
  const volume = makeVolume(reference.size, reference.voxelSize, evaluateVolume(basis, coefficients, reference.size))
  const alignment = alignVolumes(volume, reference)
  return { volume: applyAlignment(volume, alignment), viewLogits, rotation: alignment.rotation, chiSquarePerDatum }
})
