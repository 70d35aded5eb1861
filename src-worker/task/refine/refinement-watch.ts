import { spreadShares } from '#core/distribution/viewing-grid.ts'
import type { JobContext } from '#job/context.ts'
import type { InitialModelOptions } from '#method/expectation-maximization/initial-model.ts'
import type { PresentRefinement, RefinementIteration } from '#method/expectation-maximization/refine-halves.ts'
import type { BallVolume } from '#method/expectation-maximization/shell-correlation.ts'
import { viewingPreview } from '../preview/viewing-preview.ts'
import { volumePreview, type PreviewFrame } from '../preview/volume-preview.ts'

/** Pictures are made this often at most, ms: they take a part of a second. */
const PICTURE_INTERVAL = 1500
/** Shells beyond the band whose correlation is told. */
const BEYOND = 2

/** Tells how a refinement comes on: curves of every round, and pictures now and then. */
export class RefinementWatch {
  private readonly context: JobContext
  private readonly frame: PreviewFrame
  private pictured = -Infinity
  private readonly likelihoods = new Map<number, number>()

  constructor(context: JobContext, frame: PreviewFrame) {
    this.context = context
    this.frame = frame
  }

  /** An iteration of a random initial model. */
  initial(fraction: number, { start, iteration, logLikelihood, volume }: Parameters<NonNullable<InitialModelOptions['onIteration']>>[1]): void {
    this.context.progress(fraction, `random model ${start + 1}, iteration ${iteration}`)
    this.context.metric(`log-likelihood per image, random model ${start + 1}`, iteration, logLikelihood)
    this.likelihoods.set(start, logLikelihood)
    if (logLikelihood >= Math.max(...this.likelihoods.values())) this.picture(iteration, volume)
  }

  /** A round of the refinement. */
  round(report: RefinementIteration, present: PresentRefinement, most: number): void {
    const { iteration, band, shell0143, logLikelihood } = report
    this.context.progress(iteration / most, `band ${band.toFixed(1)}, half-maps agree to shell ${shell0143.toFixed(1)}`)
    this.context.metric('half-map shell at FSC 0.143', iteration, shell0143, 'shell')
    this.context.metric('log-likelihood per image', iteration, logLikelihood)
    const last = Math.min(present.fsc.length - 1, Math.ceil(band) + BEYOND)
    for (let shell = 1; shell <= last; shell++) this.context.metric(`FSC between half-maps, round ${iteration}`, shell, present.fsc[shell]!)
    const [a, b] = present.halves
    const shown = this.picture(iteration, { basis: a.basis, coefficients: a.coefficients.map((x, i) => 0.5 * (x + b.coefficients[i]!)) })
    if (shown) this.context.preview(viewingPreview(iteration, spreadShares(present.views, 24, 48)))
  }

  private picture(step: number, volume: BallVolume): boolean {
    const now = performance.now()
    if (now - this.pictured < PICTURE_INTERVAL) return false
    this.context.preview(volumePreview(step, volume, this.frame))
    this.pictured = performance.now()
    return true
  }
}
