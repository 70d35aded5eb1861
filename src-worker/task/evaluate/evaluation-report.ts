import { lowPass } from '#core/volume/low-pass.ts'
import type { Volume } from '#core/volume/volume.ts'
import type { ReportInput } from '#io/export/report-input.ts'
import type { Evaluation } from './evaluate-against-truth.ts'
import { evaluationCurves } from './write-evaluation.ts'

/** An evaluation's part of a report: the maps side by side, the truth also at the resolution reached, and the curves. */
export function evaluationReport(evaluation: Evaluation, truth: Volume): Pick<ReportInput, 'volumes' | 'fsc'> {
  const { alignment, aligned, mask, unmasked } = evaluation
  const { shell, resolution } = unmasked.at05
  const hand = alignment.mirrored ? 'its mirror image was taken' : 'it came out in the hand of the truth'
  return {
    volumes: {
      maps: [
        { name: 'Truth', volume: truth },
        { name: `Truth, filtered to ${resolution.toFixed(1)} Å`, volume: lowPass(truth, shell) },
        { name: 'Reconstruction', volume: aligned },
      ],
      text: `The reconstruction was aligned over rotations, shifts and both hands: ${hand}. Correlation ${alignment.correlation.toFixed(3)}, of the other hand ${alignment.correlationOtherHand.toFixed(3)}. Images cannot tell the hands apart.`,
    },
    fsc: {
      curves: evaluationCurves(evaluation),
      text: `The aligned reconstruction against the truth, unmasked and within a soft sphere of ${(mask.radius * truth.voxelSize).toFixed(0)} Å radius and a cosine edge of ${(mask.edge * truth.voxelSize).toFixed(0)} Å, the same on both maps.`,
    },
  }
}
