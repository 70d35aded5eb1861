import { spreadBins, updateVariances } from './radial-prior.ts'
import { transferCoefficients } from '#core/basis/spherical-bessel.ts'
import { symmetryOperations } from '#core/geometry/symmetry.ts'
import type { JobContext } from '#job/context.ts'
import type { BandPlan, ImageCoefficients } from './band-plan.ts'
import { cellNeighbours } from './direction-grid.ts'
import type { CellLists, ExpectationResult } from './expectation.ts'
import { joinedOffsets, matricesOf, nearestOf, updatedOffsets, type ImageOffsets } from './image-offsets.ts'
import { spectrumVariances, type ImageSpectrum } from './image-spectrum.ts'
import type { Templates } from './maximization.ts'
import { expectPart, maximizeVolume } from './operations.ts'

/** Images that are refined together (a half-set, or all), and what is known of them. */
export interface ImageSet {
  readonly rows: Int32Array
  readonly plan: BandPlan
  readonly coefficients: Float64Array
  readonly templates: Templates
  /** Prior variance per radial bin. */
  readonly variances: Float64Array
  /** Where the prior comes from; absent: learnt from the volume as it goes. */
  readonly spectrum?: ImageSpectrum | undefined
  /** Prior probability of each direction and its opposite, 8 per cell; sums to 1. */
  readonly views: Float64Array
  /** Where each image is looked for; everywhere when absent. */
  readonly candidates?: CellLists | undefined
  /** In-plane offsets; absent: the pictures are taken as centred. */
  readonly offsets?: ImageOffsets | undefined
  readonly posterior?: Posterior | undefined
  /** Over-relaxation of the next step. */
  readonly relaxation?: number
}

/** What the last expectation step found. */
export interface Posterior {
  /** Means per image. */
  readonly logLikelihood: number
  readonly entropy: number
  readonly best: ExpectationResult['best']
  readonly kept: CellLists
  /** Posterior mean of each image's offset, x and y, pixels. */
  readonly offsetMeans?: Float32Array | undefined
  /** Part of all cells that were looked at. */
  readonly share: number
}

export interface IterationOptions {
  /** Steps of conjugate gradients. */
  readonly steps?: number
  /** Moves this much of the way to the minimiser of the maximisation step; 1 is plain EM, up to 2 is faster. */
  readonly relaxation?: number
  readonly fixedVariances?: boolean
}

/** Images in one piece of work. */
const PART = 1024

/** One expectation and one maximisation step. */
export async function iterate(context: JobContext, images: ImageCoefficients, set: ImageSet, options: IterationOptions = {}): Promise<ImageSet> {
  const { plan } = set
  const { cellCount } = plan.layout
  const bias = Float32Array.from(set.views, (view, k) => Math.log(view) - set.templates.energies[4 * (k >> 3) + (k & 3)]!)
  const coefficients = new Float32Array(images.buffer)
  const { offsets } = set
  const shifts = offsets && { grid: offsets.grid, matrices: await matricesOf(context, plan, offsets.grid), deviation: offsets.deviation }
  const nearest = offsets && nearestOf(offsets, set.rows.length)
  const parts = await inLanes(Math.max(1, context.pool.size), Math.ceil(set.rows.length / PART), (part) => {
    const from = part * PART
    const to = Math.min(set.rows.length, from + PART)
    const input = { coefficients, fullLength: images.basis.length, rows: set.rows.slice(from, to), slices: set.templates.slices, bias, candidates: set.candidates && slicedLists(set.candidates, from, to) }
    return context.pool.run(expectPart, { layout: plan.layout, map: plan.map, input, offsets: shifts && { ...shifts, nearest: nearest!.slice(from, to) } }, { signal: context.signal })
  })
  const numerators = new Float64Array(parts[0]!.numerators.length)
  const signed = new Float64Array(8 * cellCount)
  let logLikelihood = 0
  let entropy = 0
  for (const part of parts) {
    for (let k = 0; k < numerators.length; k++) numerators[k]! += part.numerators[k]!
    for (let k = 0; k < signed.length; k++) signed[k]! += part.weights[k]!
    logLikelihood += part.logLikelihood
    entropy += part.entropy
  }
  const weights = new Float64Array(4 * cellCount)
  for (let j = 0; j < weights.length; j++) weights[j] = signed[8 * (j >> 2) + (j & 3)]! + signed[8 * (j >> 2) + 4 + (j & 3)]!
  const n = set.rows.length
  const views = signed.map((w) => (w + 0.2) / (n + 0.2 * signed.length))
  const precision = spreadBins(plan.volume, plan.bins, set.variances).map((v) => 1 / v)
  const result = await context.pool.run(maximizeVolume, { plan, start: set.coefficients, sums: { numerators, weights }, precision, iterations: options.steps ?? 12, relaxation: options.relaxation ?? 1 }, { signal: context.signal })
  const variances = options.fixedVariances || set.spectrum ? set.variances : updateVariances(plan.volume, plan.bins, { coefficients: result.scaled, variances: result.variances })
  const kept = joinedLists(parts.map((part) => part.kept))
  const foundOffsets = joinedOffsets(parts.map((part) => part.offsets))
  const posterior: Posterior = {
    logLikelihood: logLikelihood / n,
    entropy: entropy / n,
    best: joinedBest(parts),
    kept,
    offsetMeans: foundOffsets?.means,
    share: set.candidates ? set.candidates.cells.length / (n * cellCount) : 1,
  }
  return { ...set, coefficients: result.coefficients, templates: result.templates, variances, views, posterior, ...(foundOffsets && { offsets: updatedOffsets(offsets!, foundOffsets, n) }) }
}

// Results in order; at most `lanes` pieces of work wait at a time.
async function inLanes<T>(lanes: number, count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      results[index] = await work(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
  return results
}

/** The set in another band: volume, prior, views and likely cells carried over. */
export async function changeBand(context: JobContext, set: ImageSet, plan: BandPlan): Promise<ImageSet> {
  const coefficients = transferCoefficients(set.plan.volume, plan.volume, set.coefficients)
  const { templates } = await context.pool.run(maximizeVolume, { plan, start: coefficients }, { signal: context.signal })
  return { rows: set.rows, plan, coefficients, templates, variances: set.spectrum ? spectrumVariances(set.spectrum, plan.volume, plan.bins) : carriedVariances(set, plan), spectrum: set.spectrum, views: carriedViews(set, plan), posterior: set.posterior, offsets: set.offsets }
}

/** The cells to look at next: those that held something, and their neighbours within `reach` spacings. */
export function likelyCells(kept: CellLists, from: BandPlan, to: BandPlan, reach: number): CellLists {
  const neighbours = cellNeighbours(from.grid, to.grid, reach * Math.max(from.grid.spacing, to.grid.spacing), symmetryOperations(from.symmetry))
  const start = new Int32Array(kept.start.length)
  const cells: number[] = []
  const seen = new Int32Array(to.grid.cellCount).fill(-1)
  for (let i = 0; i + 1 < kept.start.length; i++) {
    for (let k = kept.start[i]!; k < kept.start[i + 1]!; k++) {
      for (const cell of neighbours[kept.cells[k]!]!) {
        if (seen[cell] === i) continue
        seen[cell] = i
        cells.push(cell)
      }
    }
    start[i + 1] = cells.length
  }
  return { start, cells: Int32Array.from(cells) }
}

function carriedVariances(set: ImageSet, plan: BandPlan): Float64Array {
  const width = set.plan.volume.maxFrequency / set.plan.bins.count
  const next = plan.volume.maxFrequency / plan.bins.count
  const trusted = Math.max(0, Math.floor(set.plan.bins.count / 1.2) - 1)
  return Float64Array.from({ length: plan.bins.count }, (_, bin) => {
    const from = Math.floor(((bin + 0.5) * next) / width)
    return from <= trusted ? set.variances[from]! : set.variances[trusted]! * 0.7 ** (from - trusted)
  })
}

// Density of the nearest old direction of the same side
function carriedViews(set: ImageSet, plan: BandPlan): Float64Array {
  const old = set.plan.grid.directions
  const now = plan.grid.directions
  const out = new Float64Array(8 * plan.grid.cellCount)
  for (let j = 0; 3 * j < now.length; j++) {
    let best = -2
    let at = 0
    let turned = false
    for (let i = 0; 3 * i < old.length; i++) {
      const cosine = now[3 * j]! * old[3 * i]! + now[3 * j + 1]! * old[3 * i + 1]! + now[3 * j + 2]! * old[3 * i + 2]!
      if (Math.abs(cosine) > best) {
        best = Math.abs(cosine)
        at = i
        turned = cosine < 0
      }
    }
    const here = 8 * (at >> 2) + (at & 3)
    const to = 8 * (j >> 2) + (j & 3)
    out[to] = set.views[turned ? here + 4 : here]!
    out[to + 4] = set.views[turned ? here : here + 4]!
  }
  const total = out.reduce((sum, value) => sum + value, 0)
  return out.map((value) => value / total)
}

function slicedLists(lists: CellLists, from: number, to: number): CellLists {
  const base = lists.start[from]!
  return { start: lists.start.slice(from, to + 1).map((value) => value - base), cells: lists.cells.slice(base, lists.start[to]) }
}

function joinedLists(lists: readonly CellLists[]): CellLists {
  const images = lists.reduce((sum, list) => sum + list.start.length - 1, 0)
  const start = new Int32Array(images + 1)
  const cells = new Int32Array(lists.reduce((sum, list) => sum + list.cells.length, 0))
  let image = 0
  let at = 0
  for (const list of lists) {
    cells.set(list.cells, at)
    for (let i = 1; i < list.start.length; i++) start[++image] = at + list.start[i]!
    at += list.cells.length
  }
  return { start, cells }
}

function joinedBest(parts: readonly ExpectationResult[]): ExpectationResult['best'] {
  const count = parts.reduce((sum, part) => sum + part.best.direction.length, 0)
  const out = { direction: new Int32Array(count), opposite: new Uint8Array(count), angle: new Int32Array(count), probability: new Float32Array(count) }
  let at = 0
  for (const { best } of parts) {
    out.direction.set(best.direction, at)
    out.opposite.set(best.opposite, at)
    out.angle.set(best.angle, at)
    out.probability.set(best.probability, at)
    at += best.direction.length
  }
  return out
}
