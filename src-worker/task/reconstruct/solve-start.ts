import type { Preview } from '#job/context.ts'
import { solveMoments, type MomentSolution, type SolveOptions, type StepReport } from '#method/moments/solve.ts'
import { defineOperation } from '#parallel/operation.ts'
import { harmonicPreview } from '../preview/viewing-preview.ts'
import { volumePreview, type PreviewFrame } from '../preview/volume-preview.ts'

export interface StartRequest extends Omit<SolveOptions, 'onStep'> {
  /** Pictures of the work are wanted. */
  readonly frame?: PreviewFrame
}

/** What a start tells while it runs. */
export interface StartStep {
  /** Of all its bands. */
  readonly iteration: number
  readonly chiSquarePerDatum: number
  /** Now and then. */
  readonly pictures?: readonly Preview[]
}

const TELL_INTERVAL = 250
const PICTURE_INTERVAL = 2000

/** One start of moment matching on a compute thread. */
export const solveStart = defineOperation<StartRequest, MomentSolution>('solve-moments', ({ frame, ...request }, report) => {
  const before = (request.from?.stages ?? []).reduce((sum, stage) => sum + stage.iterations, 0)
  let told = -Infinity
  let pictured = performance.now() - PICTURE_INTERVAL / 2 // the first after a second
  return solveMoments({
    ...request,
    onStep: (step) => {
      const now = performance.now()
      if (now - told < TELL_INTERVAL) return
      told = now
      const iteration = before + step.iteration
      const due = frame !== undefined && now - pictured > PICTURE_INTERVAL
      const pictures = due ? solutionPictures(step.state(), iteration, frame) : undefined
      if (due) pictured = performance.now()
      report(stepFraction(step), { iteration, chiSquarePerDatum: step.chiSquarePerDatum, ...(pictures && { pictures }) } satisfies StartStep)
    },
  })
})

/** A solution's volume and viewing distribution, small. */
export function solutionPictures(solution: Pick<MomentSolution, 'basis' | 'coefficients' | 'viewDegree' | 'viewLogits'>, step: number, frame: PreviewFrame): Preview[] {
  return [volumePreview(step, solution, frame), harmonicPreview(step, { degree: solution.viewDegree, logits: solution.viewLogits })]
}

// Later bands cost more: the last one half of the whole.
function stepFraction(step: StepReport): number {
  const share = (stage: number): number => 1 / 2 ** (step.stageCount - stage)
  const before = step.stage === 0 ? 0 : share(step.stage)
  return Math.min(1, before + (share(step.stage + 1) - before) * (step.iteration / step.iterations))
}
