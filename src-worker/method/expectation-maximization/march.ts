import type { JobContext } from '#job/context.ts'
import type { ImageCoefficients } from './band-plan.ts'
import { iterate, likelyCells, type ImageSet } from './image-set.ts'

/** Bands up to this shell look everywhere again when they begin: it is cheap there, and a wrong start can be left. */
const DENSE_SHELL = 8
/** With more cells than this to look at, all of them are. */
const SPARSE_SHARE = 0.7
/** Distance, in grid spacings, within which neighbours of likely cells are looked at; wider every third time. */
const REACH = 1.05
const WIDE_REACH = 1.5
/** Over-relaxation while the likelihood grows. */
const RELAXATION = 1.6

/**
 * One iteration of a set at its band: over-relaxed while the log-likelihood grows, over the cells that were likely before
 * (and their neighbours). `index` counts the iterations of the band; the last one is not over-relaxed.
 */
export async function advance(context: JobContext, images: ImageCoefficients, set: ImageSet, options: { index: number; last: boolean }): Promise<ImageSet> {
  const first = options.index === 0
  const everywhere = first && set.plan.shell <= DENSE_SHELL
  const before = set.posterior
  const next = await iterate(context, images, everywhere ? { ...set, candidates: undefined } : set, { relaxation: options.last ? 1 : (set.relaxation ?? RELAXATION) })
  const fell = !first && before !== undefined && next.posterior!.logLikelihood < before.logLikelihood
  return { ...next, relaxation: fell ? 1 : RELAXATION, candidates: narrowed(next, next, options.index % 3 === 2) }
}

/** The cells of `to`'s grid where the images of `from` were likely; undefined where that is almost everywhere. */
export function narrowed(from: ImageSet, to: ImageSet, wide = true): ImageSet['candidates'] {
  if (!from.posterior) return undefined
  const images = from.rows.length
  // Neighbours multiply: not worth listing when much is kept already.
  if (from.posterior.kept.cells.length > 0.5 * images * from.plan.grid.cellCount) return undefined
  const cells = likelyCells(from.posterior.kept, from.plan, to.plan, wide ? WIDE_REACH : REACH)
  return cells.cells.length > SPARSE_SHARE * images * to.plan.grid.cellCount ? undefined : cells
}
