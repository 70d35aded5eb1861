import { evaluateVolume, transferCoefficients } from '#core/basis/spherical-bessel.ts'
import { requireInput } from '#core/error.ts'
import { rotateVector } from '#core/geometry/rotation.ts'
import { parseSymmetry, symmetryOperations } from '#core/geometry/symmetry.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import type { JobContext } from '#job/context.ts'
import { bandPlan, type BandPlan, type ImageCoefficients } from './band-plan.ts'
import { radialEnvelope } from './envelope.ts'
import { imageSpectrum, spectrumVariances, type ImageSpectrum } from './image-spectrum.ts'
import { changeBand, type ImageSet } from './image-set.ts'
import { withRadius } from './initial-model.ts'
import { advance, narrowed } from './march.ts'
import { maximizeVolume } from './operations.ts'
import { startOffsets } from './image-offsets.ts'
import { offsetGrid, type OffsetGrid } from './offset-grid.ts'
import { posesOf, type PoseEstimates } from './poses.ts'
import { crossing, shellCorrelation, type BallVolume } from './shell-correlation.ts'

export interface RefineOptions {
  readonly images: ImageCoefficients
  /** 1 or 2 per image. */
  readonly halves: Uint8Array
  readonly start: BallVolume
  /** The start is used up to this shell only; both halves begin there. */
  readonly startShell: number
  /** Radius of the ball that holds the particle, voxels. */
  readonly radius: number
  /** Highest band; default that of the images. */
  readonly maxShell?: number
  readonly maxIterations?: number
  /** Expect density where the start has it, softly; default false: alike in the whole ball. */
  readonly envelope?: boolean
  /** Point group of the particle, Cn about z or Dn; default C1. */
  readonly symmetry?: string | undefined
  /** In-plane offsets are looked for within this many pixels; default 0: the pictures are taken as centred. */
  readonly offsetRange?: number | undefined
  /** Pixels; default 1. */
  readonly offsetStep?: number | undefined
  /** Spectrum that the prior is made of; default: from the images. */
  readonly spectrum?: ImageSpectrum
  /** Angstrom, of the maps that come back. */
  readonly pixelSize: number
  readonly onIteration?: (report: RefinementIteration, present: PresentRefinement) => void
}

/** Where a refinement stands, to be shown. */
export interface PresentRefinement {
  /** Half-map correlation per shell. */
  readonly fsc: Float64Array
  readonly halves: readonly [BallVolume, BallVolume]
  readonly views: Refinement['views']
}

export interface RefinementIteration {
  readonly iteration: number
  readonly band: number
  readonly directions: number
  readonly angles: number
  /** Mean per image of the two halves. */
  readonly logLikelihood: number
  readonly entropy: number
  /** Part of the directions that was looked at. */
  readonly share: number
  /** Half-map FSC 0.143, shells. */
  readonly shell0143: number
  readonly seconds: number
}

export interface Refinement {
  readonly halfA: Volume
  readonly halfB: Volume
  /** From all images, started from the mean of the half-maps. */
  readonly map: Volume
  /** Half-map correlation per shell of the box, from 0. */
  readonly fsc: Float64Array
  readonly shell0143: number
  readonly iterations: readonly RefinementIteration[]
  readonly poses: PoseEstimates
  /** Standard deviation of the offsets along each axis, pixels; undefined where they were not looked for. */
  readonly offsetDeviation: number | undefined
  /** Directions and their posterior share: unit vectors, and probability of each and of its opposite. */
  readonly views: { readonly directions: Float64Array; readonly probability: Float64Array; readonly opposite: Float64Array }
  /** Standard deviation of both shares, from the two half-sets. */
  readonly viewDeviation: { readonly probability: Float64Array; readonly opposite: Float64Array }
  readonly volumes: { readonly halfA: BallVolume; readonly halfB: BallVolume; readonly map: BallVolume }
  readonly seconds: number
}

/** The next band is at most this much wider, and this far beyond where the half-maps agree well. */
const GROWTH = 1.3
const BEYOND = 1.25
const TRUSTED = 0.5
/** Fewest iterations in a band: the halves must have left what they shared. */
const SETTLE = 3
const JOINT_ITERATIONS = 4
/** States are kept this often at most, seconds: a round of few images takes less. */
const KEEP_SECONDS = 2
/** Below this shell so many images of a half-set are enough. */
const FEW_SHELL = 10
const FEW_IMAGES = 4096
/** The half-maps no longer improve when the sum of their correlation over the shells grows by less than this. */
const SMALL_GAIN = 0.05

/**
 * Gold-standard refinement: two half-sets by steerable EM from the same low-passed start, each seeing only its own images;
 * the band follows their Fourier shell correlation, and the refinement stops when that no longer improves. The final map
 * takes a few more iterations with all images.
 */
export async function refineHalves(context: JobContext, options: RefineOptions): Promise<Refinement> {
  const { images, halves, radius } = options
  const began = performance.now()
  const { boxSize, maxFrequency } = images.basis
  const highest = Math.min(options.maxShell ?? Infinity, (maxFrequency * boxSize) / (2 * Math.PI))
  const shells = Math.floor(boxSize / 2)
  const all = [1, 2].map((half) => Int32Array.from(halves.keys()).filter((i) => halves[i] === half))
  requireInput(all[0]!.length > 0 && all[1]!.length > 0, () => `half-sets of ${all[0]!.length} and ${all[1]!.length} images: both need at least one`)
  const start = withRadius(options.start, radius, boxSize)
  // What the start does not resolve is blurred over this many voxels.
  const envelope = options.envelope ? radialEnvelope(start, boxSize / (2 * Math.PI * options.startShell)) : undefined
  let plan = bandPlan(images, Math.min(highest, options.startShell), radius, { envelope, symmetry: options.symmetry })
  const rows = all.map((half) => (plan.shell < FEW_SHELL ? half.subarray(0, FEW_IMAGES) : half))
  const spectrum = options.spectrum ?? imageSpectrum(images, Int32Array.from(halves.keys()), bandPlan(images, highest, radius, { symmetry: options.symmetry }))
  const first = await startSet(context, start, { plan, rows: rows[0]!, spectrum, grid: offsetGrid(options.offsetRange ?? 0, options.offsetStep ?? 1) })
  let sets: readonly [ImageSet, ImageSet] = [first, { ...first, rows: rows[1]! }]
  let iterations: RefinementIteration[] = []
  let inBand = 0
  let best = 0
  let since = 0
  let fsc: Float64Array = new Float64Array(shells + 1)
  const before = await context.restore<RefinementState>(STATE)
  if (before) ({ plan, sets, iterations, inBand, best, since, fsc } = before)
  let kept = performance.now()
  const most = options.maxIterations ?? 30
  while (iterations.length < most) {
    const started = performance.now()
    const last = iterations.length === most - 1
    const advanced = await Promise.all(sets.map((set) => advance(context, images, set, { index: inBand, last })))
    sets = [advanced[0]!, advanced[1]!]
    inBand++
    fsc = halfCorrelation(sets, shells)
    const shell0143 = crossing(fsc, 0.143)
    const report = describe(sets, { iteration: iterations.length + 1, shell0143, seconds: (performance.now() - started) / 1000 })
    iterations.push(report)
    options.onIteration?.(report, { fsc, halves: [ball(sets[0]), ball(sets[1])], views: viewsOf(sets[0]) })
    await context.breathe()
    const agreement = fsc.reduce((sum, value) => sum + value, 0)
    since = agreement > best + SMALL_GAIN ? 0 : since + 1
    best = Math.max(best, agreement)
    const wanted = Math.min(highest, GROWTH * plan.shell, BEYOND * crossing(fsc, TRUSTED) + 1)
    if (inBand >= SETTLE && wanted > 1.06 * plan.shell) {
      plan = bandPlan(images, wanted, radius, { envelope, symmetry: options.symmetry })
      const next = plan
      const moved = await Promise.all(sets.map(async (set) => {
        const there = await changeBand(context, set, next)
        const half = all[sets.indexOf(set)]!
        return next.shell >= FEW_SHELL && there.rows.length < half.length ? { ...there, rows: half } : { ...there, candidates: narrowed(set, there) }
      }))
      sets = [moved[0]!, moved[1]!]
      inBand = 0
      since = 0
      best = 0
    } else if (inBand > SETTLE && since >= 2) {
      if (sets[0].rows.length === all[0]!.length && sets[1].rows.length === all[1]!.length) break
      // Converged on a part of the images: now all of them.
      sets = [{ ...sets[0], rows: all[0]!, candidates: undefined }, { ...sets[1], rows: all[1]!, candidates: undefined }]
      inBand = 0
      since = 0
      best = 0
    }
    if (performance.now() - kept > 1000 * KEEP_SECONDS) {
      await context.checkpoint(STATE, { plan, sets, iterations, inBand, best, since, fsc } satisfies RefinementState)
      kept = performance.now()
    }
  }
  const joint = await jointMap(context, images, sets)
  const voxels = (volume: BallVolume): Volume => makeVolume(boxSize, options.pixelSize, evaluateVolume(volume.basis, volume.coefficients, boxSize))
  const volumes = { halfA: ball(sets[0]), halfB: ball(sets[1]), map: ball(joint) }
  return {
    halfA: voxels(volumes.halfA),
    halfB: voxels(volumes.halfB),
    map: voxels(volumes.map),
    fsc,
    shell0143: crossing(fsc, 0.143),
    iterations,
    poses: posesOf(joint.posterior!, joint.plan),
    offsetDeviation: joint.offsets?.deviation,
    views: viewsOf(joint),
    viewDeviation: viewDeviation(viewsOf(sets[0]), viewsOf(sets[1])),
    volumes,
    seconds: (performance.now() - began) / 1000,
  }
}

/** Everything that the next round depends on. */
interface RefinementState {
  readonly plan: BandPlan
  readonly sets: readonly [ImageSet, ImageSet]
  readonly iterations: RefinementIteration[]
  readonly inBand: number
  readonly best: number
  readonly since: number
  readonly fsc: Float64Array
}

const STATE = 'refinement'
const JOINT_STATE = 'refinement-joint'

// Of an n-fold particle the grid holds one n-th: its turns are as likely.
function viewsOf({ plan, views }: ImageSet): Refinement['views'] {
  const { fold } = parseSymmetry(plan.symmetry)
  const turns = symmetryOperations(`C${fold}`)
  const side = (offset: number): Float64Array => {
    const one = Float64Array.from({ length: 4 * plan.layout.cellCount }, (_, j) => views[8 * (j >> 2) + (j & 3) + offset]! / fold)
    return Float64Array.from(turns.flatMap(() => [...one]))
  }
  const { directions } = plan.grid
  return {
    directions: Float64Array.from(turns.flatMap((turn) => Array.from({ length: directions.length / 3 }, (_, j) => rotateVector(turn, directions.subarray(3 * j, 3 * j + 3))).flat())),
    probability: side(0),
    opposite: side(4),
  }
}

/** Directions this near (cosine) lend each other their differences: one difference of two says little. */
const NEAR = Math.cos(0.35)

// Half the difference of the half-sets, root mean square over neighbouring directions
function viewDeviation(a: Refinement['views'], b: Refinement['views']): Refinement['viewDeviation'] {
  const { directions } = a
  const count = directions.length / 3
  const around = (x: Float64Array, y: Float64Array): Float64Array =>
    Float64Array.from({ length: count }, (_, j) => {
      let sum = 0
      let seen = 0
      for (let i = 0; i < count; i++) {
        if (directions[3 * i]! * directions[3 * j]! + directions[3 * i + 1]! * directions[3 * j + 1]! + directions[3 * i + 2]! * directions[3 * j + 2]! < NEAR) continue
        sum += 0.25 * (x[i]! - y[i]!) ** 2
        seen++
      }
      return Math.sqrt(sum / seen)
    })
  return { probability: around(a.probability, b.probability), opposite: around(a.opposite, b.opposite) }
}

// Nothing is known beyond the band: what both halves carry there came from the basis, not from images.
function halfCorrelation([a, b]: readonly [ImageSet, ImageSet], shells: number): Float64Array {
  return shellCorrelation(ball(a), ball(b), { boxSize: a.plan.image.boxSize, shells }).map((value, r) => (r > a.plan.shell + 0.5 ? 0 : value))
}

function ball(set: ImageSet): BallVolume {
  return { basis: set.plan.volume, coefficients: set.coefficients }
}

// Coefficients above the start's shell are left out: what the halves share must be no more than is said.
async function startSet(context: JobContext, start: BallVolume, options: { plan: BandPlan; rows: Int32Array; spectrum: ImageSpectrum; grid: OffsetGrid | undefined }): Promise<ImageSet> {
  const { plan, rows, spectrum, grid } = options
  const limit = (2 * Math.PI * plan.shell * plan.volume.radius) / plan.image.boxSize
  const coefficients = transferCoefficients(start.basis, plan.volume, start.coefficients)
  plan.volume.counts.forEach((count, l) => {
    for (let k = 0; k < 2 * l + 1; k++) for (let s = 0; s < count; s++) if (plan.volume.zeros[l]![s]! > limit) coefficients[plan.volume.offsets[l]! + k * count + s] = 0
  })
  const { templates } = await context.pool.run(maximizeVolume, { plan, start: coefficients }, { signal: context.signal })
  return { rows, plan, coefficients, templates, variances: spectrumVariances(spectrum, plan.volume, plan.bins), spectrum, views: new Float64Array(8 * plan.layout.cellCount).fill(1 / (8 * plan.layout.cellCount)), offsets: startOffsets(grid) }
}

async function jointMap(context: JobContext, images: ImageCoefficients, [a, b]: readonly [ImageSet, ImageSet]): Promise<ImageSet> {
  const { plan } = a
  const coefficients = a.coefficients.map((x, i) => 0.5 * (x + b.coefficients[i]!))
  const { templates } = await context.pool.run(maximizeVolume, { plan, start: coefficients }, { signal: context.signal })
  const mean = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => 0.5 * (value + y[i]!))
  const rows = Int32Array.from({ length: images.count }, (_, i) => i)
  const set: ImageSet = { rows, plan, coefficients, templates, variances: mean(a.variances, b.variances), spectrum: a.spectrum, views: mean(a.views, b.views), candidates: a.rows.length + b.rows.length === images.count ? interleaved(a, b) : undefined, offsets: jointOffsets(a, b, images.count) }
  const before = await context.restore<{ readonly done: number; readonly joint: ImageSet }>(JOINT_STATE)
  let joint = before?.joint ?? set
  for (let i = before?.done ?? 0; i < JOINT_ITERATIONS; i++) {
    joint = await advance(context, images, joint, { index: i + 1, last: i === JOINT_ITERATIONS - 1 })
    await context.checkpoint(JOINT_STATE, { done: i + 1, joint })
  }
  return joint
}

// Offsets of both halves in the order of the images
function jointOffsets(a: ImageSet, b: ImageSet, count: number): ImageSet['offsets'] {
  if (!a.offsets || !b.offsets) return undefined
  const nearest = new Int16Array(count).fill(-1)
  for (const { rows, offsets } of [a, b]) offsets?.nearest?.forEach((offset, i) => (nearest[rows[i]!] = offset))
  return { grid: a.offsets.grid, deviation: Math.sqrt(0.5 * (a.offsets.deviation ** 2 + b.offsets.deviation ** 2)), nearest }
}

// Candidates of both halves in the order of the images
function interleaved(a: ImageSet, b: ImageSet): ImageSet['candidates'] {
  if (!a.candidates || !b.candidates) return undefined
  const count = a.rows.length + b.rows.length
  const where = new Int32Array(count)
  a.rows.forEach((row, i) => (where[row] = i))
  b.rows.forEach((row, i) => (where[row] = -1 - i))
  const start = new Int32Array(count + 1)
  const cells = new Int32Array(a.candidates.cells.length + b.candidates.cells.length)
  let at = 0
  for (let i = 0; i < count; i++) {
    const lists = where[i]! >= 0 ? a.candidates : b.candidates
    const index = where[i]! >= 0 ? where[i]! : -1 - where[i]!
    const part = lists.cells.subarray(lists.start[index]!, lists.start[index + 1]!)
    cells.set(part, at)
    at += part.length
    start[i + 1] = at
  }
  return { start, cells }
}

function describe([a, b]: readonly [ImageSet, ImageSet], rest: { iteration: number; shell0143: number; seconds: number }): RefinementIteration {
  const n = a.rows.length + b.rows.length
  const mean = (x: number, y: number): number => (x * a.rows.length + y * b.rows.length) / n
  const [p, q] = [a.posterior!, b.posterior!]
  return {
    ...rest,
    band: a.plan.shell,
    directions: a.plan.grid.directions.length / 3,
    angles: a.plan.layout.angles,
    logLikelihood: mean(p.logLikelihood, q.logLikelihood),
    entropy: mean(p.entropy, q.entropy),
    share: mean(p.share, q.share),
  }
}
