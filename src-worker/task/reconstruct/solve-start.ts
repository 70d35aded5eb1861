import { solveMoments, type MomentSolution, type SolveOptions, type StepReport } from '#method/moments/solve.ts'
import { defineOperation } from '#parallel/operation.ts'

export type StartRequest = Omit<SolveOptions, 'onStep'>

/** One random start of moment matching on a compute thread. */
export const solveStart = defineOperation<StartRequest, MomentSolution>('solve-moments', (request, report) => solveMoments({ ...request, onStep: (step) => report(stepFraction(step)) }))

// Later bands cost more: the last one half of the whole.
function stepFraction(step: StepReport): number {
  const share = (stage: number): number => 1 / 2 ** (step.stageCount - stage)
  const before = step.stage === 0 ? 0 : share(step.stage)
  return Math.min(1, before + (share(step.stage + 1) - before) * (step.iteration / step.iterations))
}
