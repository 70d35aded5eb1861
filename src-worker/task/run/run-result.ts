import type { ResultRecord } from '#job/result-record.ts'
import { alignmentPart, evaluationParts, fscPart, predictedPart, residualParts, startParts, viewingPart } from '../result/result-parts.ts'
import { refinementNumbers, solutionNumbers } from '../result/solution-numbers.ts'
import { refinedUncertainty } from '../refine/write-refinement.ts'
import type { RunOutcome } from './run-report.ts'

/** A run's result as data. */
export function runResult({ images, set, inverted, uncertainty, refinement, volume, evaluation, halfCurve, files }: RunOutcome): Partial<Omit<ResultRecord, 'version'>> {
  const best = inverted?.inversion.starts[0]?.solution
  const map = (role: string, title: string, file: string | undefined): ResultRecord['maps'] => (file === undefined ? [] : [{ role, title, file }])
  const found = refinement ? { views: refinement.refined.refinement.views } : best && { solution: best }
  return {
    maps: [
      ...map('map', refinement ? 'Refined map' : 'Volume from the moments', files.map),
      ...map('aligned', 'Aligned to the truth', files.aligned),
      ...map('half-a', 'Half-map 1', files.halfA),
      ...map('half-b', 'Half-map 2', files.halfB),
      ...(refinement ? map('moments', 'Volume from the moments', files.momentsMap) : []),
      ...map('uncertainty', 'Standard deviation', files.refinedUncertainty ?? files.uncertainty),
      ...map('truth', 'Truth', files.truth),
    ],
    fsc: [
      ...(evaluation ? evaluationParts(evaluation) : []),
      fscPart('half-maps', 'Between half-maps', halfCurve, { kind: 'unmasked', threshold: 0.143 }),
      ...(refinement ? [predictedPart({ ...refinedUncertainty(refinement.refined), of: 'the refined map' })] : uncertainty ? [predictedPart(uncertainty)] : []),
    ],
    ...(evaluation && { alignment: alignmentPart(evaluation.alignment, evaluation.aligned.voxelSize, { before: files.map, after: files.aligned, truth: files.truth }) }),
    ...(found && { viewing: viewingPart(found, { rotation: evaluation?.alignment.rotation, truth: images.views }) }),
    ...(best && { residuals: residualParts(best.residuals) }),
    ...(inverted && { starts: startParts(inverted.starts) }),
    numbers: [
      ...(refinement ? refinementNumbers(refinement.refined) : []),
      ...(best && inverted ? solutionNumbers(best, { radius: inverted.inversion.radius, pixelSize: set.specification.pixelSize }) : []),
      ...(refinement ? [{ name: 'Refinement began from', value: refinement.fromMoments ? 'the moments' : 'random models' }] : []),
      ...(images.snr === null ? [] : [{ name: 'Signal to noise', value: images.snr.toPrecision(3), help: 'per pixel' }]),
      { name: 'Box', value: `${volume.size} px of ${volume.voxelSize.toPrecision(4)} Å` },
    ],
  }
}
