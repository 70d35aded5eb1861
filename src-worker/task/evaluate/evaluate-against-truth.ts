import type { Alignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, resolutionAt, type FscCurve, type FscResolution } from '#core/volume/fourier-shell-correlation.ts'
import { applyMask, sphericalMask } from '#core/volume/mask.ts'
import { matchGrid } from '#core/volume/match-grid.ts'
import type { Volume } from '#core/volume/volume.ts'
import type { JobContext } from '#job/context.ts'
import { alignMaps } from './align-maps.ts'

/** A curve with its two customary readings. */
export interface EvaluatedFsc {
  readonly curve: FscCurve
  readonly at05: FscResolution
  readonly at0143: FscResolution
}

/** How a reconstruction compares with the map its images were made of. */
export interface Evaluation {
  readonly alignment: Alignment
  /** The reconstruction on the truth's grid, hand and place. */
  readonly aligned: Volume
  readonly unmasked: EvaluatedFsc
  /** Within a soft sphere about the box centre, the same on both maps. */
  readonly masked: EvaluatedFsc
  /** Voxels. */
  readonly mask: { readonly radius: number; readonly edge: number }
  readonly seconds: number
}

/**
 * Aligns a reconstruction to the truth (both hands are tried; the other is as good for the images) and measures their
 * Fourier shell correlation, unmasked and within a soft sphere: no tighter mask, which would flatter.
 * @param options.maskRadius voxels; default 0.4 of the box.
 */
export async function evaluateAgainstTruth(context: JobContext, reconstruction: Volume, truth: Volume, options: { maskRadius?: number } = {}): Promise<Evaluation> {
  const began = performance.now()
  const { alignment, aligned, curve } = await context.pool.run(alignMaps, { moving: matchGrid(reconstruction, truth), fixed: truth }, { signal: context.signal })
  const edge = Math.max(3, truth.size / 16)
  const radius = Math.min(options.maskRadius ?? 0.4 * truth.size, truth.size / 2 - edge)
  const mask = sphericalMask(truth.size, radius, edge)
  return {
    alignment,
    aligned: { ...aligned, origin: truth.origin },
    unmasked: readCurve(curve),
    masked: readCurve(fourierShellCorrelation(applyMask(aligned, mask), applyMask(truth, mask))),
    mask: { radius, edge },
    seconds: (performance.now() - began) / 1000,
  }
}

/** A curve read at 0.5 and 0.143. */
export function readCurve(curve: FscCurve): EvaluatedFsc {
  return { curve, at05: resolutionAt(curve, 0.5), at0143: resolutionAt(curve, 0.143) }
}
