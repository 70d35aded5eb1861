import type { JobContext } from '#job/context.ts'
import type { MomentSolution } from '#method/moments/solve.ts'
import type { PreviewFrame } from '../preview/volume-preview.ts'
import { solutionPictures, type StartStep } from './solve-start.ts'

/** Tells how several starts come on: each one's misfit, and pictures of the one that fits best. */
export class StartWatch {
  private readonly context: JobContext
  readonly frame: PreviewFrame
  private readonly lowest = new Map<number, number>()

  constructor(context: JobContext, frame: PreviewFrame) {
    this.context = context
    this.frame = frame
  }

  /** @param start its place among all that were begun, from 0 */
  step(start: number, detail: unknown): void {
    if (detail === undefined) return
    const { iteration, chiSquarePerDatum, pictures } = detail as StartStep
    this.context.metric(metricOf(start), iteration, chiSquarePerDatum)
    this.lowest.set(start, chiSquarePerDatum)
    if (this.isBest(start)) for (const picture of pictures ?? []) this.context.preview(picture)
  }

  /** A start came to the end of its bands. */
  done(start: number, solution: MomentSolution): void {
    const iterations = solution.stages.reduce((sum, stage) => sum + stage.iterations, 0)
    this.context.metric(metricOf(start), iterations, solution.chiSquarePerDatum)
    this.lowest.set(start, solution.chiSquarePerDatum)
    if (this.isBest(start)) for (const picture of solutionPictures(solution, iterations, this.frame)) this.context.preview(picture)
  }

  /** In the next band misfits are other ones. */
  nextBand(): void {
    this.lowest.clear()
  }

  private isBest(start: number): boolean {
    return this.lowest.get(start)! <= Math.min(...this.lowest.values())
  }
}

function metricOf(start: number): string {
  return `chi-square per datum, start ${start + 1}`
}
