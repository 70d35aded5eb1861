import { createHash } from 'node:crypto'
import { stat, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError, requireInput } from '#core/error.ts'
import { combineParts, emptyCartesianHalves, estimateNoise, momentBases, type MomentPart, type MomentSet, type MomentSpecification } from '#core/moments/moment-set.ts'
import { addCartesianSums } from '#core/moments/cartesian.ts'
import { addSums, emptySums } from '#core/moments/moment-sums.ts'
import { fileHash } from '#io/file-hash.ts'
import { readMoments, writeMoments } from '#io/moments-file.ts'
import type { Particles } from '#core/format/particles.ts'
import { openImages, type ImageOptions } from '#io/particle-images.ts'
import { isParticleFile, readParticles } from '#io/star-file.ts'
import type { JobContext } from '#job/context.ts'
import { imagesPreview } from '../preview/image-preview.ts'
import { accumulatePart, type PartResult } from './accumulate-part.ts'
import { sliceFilters } from './image-filters.ts'
import { planTransfer, type TransferPlan } from './transfer-plan.ts'
import { momentSpecification, type SpecificationChoice } from './specification.ts'

export interface EstimateOptions extends SpecificationChoice {
  readonly particles: string
  readonly sigma?: number | undefined
  /** How images are read; default: as they are. */
  readonly reading?: ImageOptions | undefined
  /** `auto`: the particles' CTFs are taken into account where the file has them. */
  readonly ctfCorrection?: 'auto' | 'off' | undefined
  /** Whiten images by the noise spectrum of their optics group. */
  readonly whiten?: boolean | undefined
  readonly parts: number
  /** Where an unfinished pass is kept, and found again. */
  readonly checkpointPath: string
  /** How often it is written; default 10. */
  readonly checkpointSeconds?: number
  /** Leaves the finished pass where unfinished ones are kept: for a job that has more to do. */
  readonly keepFinished?: boolean
}

/** Most images in one piece of work: pieces, and so the results, do not depend on the number of threads. */
const PIECE = 8192
const CHECKPOINT_SECONDS = 10
/** Keeping takes at most one part in so many of the time. */
const KEEP_COST = 10
const PICTURE_INTERVAL = 1000

/**
 * Moments of a stack in one pass: pieces of images are summed on the compute threads and added in their order into
 * `parts` partial sums (alternating pieces, two half-sets), so the result is the same for any number of threads and
 * after an interruption.
 */
export async function estimateMoments(context: JobContext, options: EstimateOptions): Promise<MomentSet> {
  requireInput(options.parts % 2 === 0, () => `the number of partial sums is ${options.parts}, expected an even number`, { field: 'parts', found: options.parts })
  const source = await describeSource(options)
  for (const warning of source.warnings) context.log('warning', warning, { file: options.particles })
  const specification = momentSpecification(source, options)
  const plan = await transferPlan(context, source, { ...options, specification })
  const groups = options.parts / 2
  const pieceSize = Math.max(1, Math.min(PIECE, Math.ceil(source.count / groups)))
  const pieces = Math.ceil(source.count / pieceSize)
  const pass = await beginPass({ source, specification, plan, groups, pieceSize, checkpointPath: options.checkpointPath })
  if (pass.done > 0) context.log('info', `resuming the moment pass at image ${pass.done * pieceSize} of ${source.count}`)
  let saved = performance.now()
  let keepAfter = 1000 * (options.checkpointSeconds ?? CHECKPOINT_SECONDS)
  let pictured = -Infinity
  if (pass.done === 0) await showExamples(context, options)
  const running = new Map<number, Promise<PartResult>>()
  const width = Math.max(1, context.pool.size)
  let started = pass.done
  const fractions = new Map<number, number>()
  for (let piece = pass.done; piece < pieces; piece++) {
    for (; started < pieces && started < piece + 2 * width; started++) {
      const index = started
      const start = index * pieceSize
      const count = Math.min(pieceSize, source.count - start)
      const task = context.pool.run(accumulatePart, { particles: options.particles, reading: options.reading, ...(plan && { filters: sliceFilters(plan.filters, start, count) }), specification, start, count, halves: source.halves.slice(start, start + count) }, {
        signal: context.signal,
        onProgress: (fraction) => {
          fractions.set(index, fraction)
          const inFlight = [...fractions].filter(([k]) => k >= piece).reduce((sum, [, f]) => sum + f, 0)
          context.progress(Math.min(1, (piece + inFlight) / pieces))
        },
      })
      task.catch(() => undefined)
      running.set(index, task)
    }
    const result = await running.get(piece)!
    running.delete(piece)
    fractions.delete(piece)
    pass.add(piece, result)
    if (performance.now() - pictured > PICTURE_INTERVAL) {
      context.preview(imagesPreview(piece + 1, pass.meanImage(), source.boxSize))
      pictured = performance.now()
    }
    await context.breathe()
    if (performance.now() - saved > keepAfter && piece + 1 < pieces) {
      const began = performance.now()
      await writeMoments(options.checkpointPath, pass.state(piece + 1), { exact: true })
      saved = performance.now()
      if (options.checkpointSeconds === undefined) keepAfter = Math.max(keepAfter, KEEP_COST * (saved - began))
    }
    context.progress((piece + 1) / pieces)
  }
  if (pass.skipped() > 0) context.log('warning', `${pass.skipped()} of ${source.count} images were left out: they hold values that are not finite`)
  const set = pass.state(pieces)
  const bases = momentBases(specification)
  const total = combineParts(set, bases)
  requireInput(total.imageCount >= 2, () => `${options.particles}: ${total.imageCount} usable images, expected at least 2`, { file: options.particles, found: total.imageCount })
  requireInput(options.sigma === undefined || options.sigma > 0, () => `sigma is ${options.sigma}, expected more than 0: the moments are weighed by the noise`, { field: 'sigma', found: options.sigma })
  const whitened = (plan?.spectra.length ?? 0) > 0
  const noiseVariance = whitened ? 1 : options.sigma === undefined ? estimateNoise(total, specification) : options.sigma ** 2
  if (!options.keepFinished) await unlink(options.checkpointPath).catch(() => undefined)
  else if (pass.done < pieces) await writeMoments(options.checkpointPath, set, { exact: true })
  return { ...set, noiseVariance, noiseSource: whitened ? 'spectrum' : options.sigma === undefined ? 'background' : 'given', provenance: source.provenance }
}

/** The first images, so that there is something to see at once. */
async function showExamples(context: JobContext, options: EstimateOptions): Promise<void> {
  const images = await openImages(options.particles, options.reading)
  context.preview(imagesPreview(0, await images.read(0, Math.min(16, images.count)), images.size))
  await images.close()
}

interface Source {
  readonly count: number
  readonly boxSize: number
  readonly pixelSize: number
  readonly halves: Uint8Array
  readonly particles: Particles | undefined
  readonly warnings: readonly string[]
  readonly provenance: Readonly<Record<string, unknown>>
}

async function describeSource({ particles: path, reading: options }: EstimateOptions): Promise<Source> {
  const images = await openImages(path, options)
  const { count, size, pixelSize, warnings } = images
  await images.close()
  requireInput(count >= 2, () => `${path}: ${count} image${count === 1 ? '' : 's'}, expected at least 2`, { file: path, found: count })
  const star = isParticleFile(path) ? await readParticles(path, options) : undefined
  const halves = Uint8Array.from({ length: count }, (_, i) => {
    const subset = star?.randomSubset?.[i]
    return subset === 1 || subset === 2 ? subset : 1 + (i % 2)
  })
  return { count, boxSize: size, pixelSize, halves, particles: star, warnings, provenance: { particles: basename(path), images: count, ...(star && { sha256: await fileHash(path) }), stacks: await stackState(star?.stacks.map((stack) => stack.path) ?? [path]), ...preparationRecord(options) } }
}

// Only what differs from reading images as they are, so that earlier files and states stay the same.
function preparationRecord(options: ImageOptions | undefined): Record<string, unknown> {
  const { invert, normalize, backgroundRadius, pixelSize, workingBox } = options ?? {}
  return { ...(invert && { invert }), ...(normalize && { normalize }), ...(backgroundRadius !== undefined && { backgroundRadius }), ...(pixelSize !== undefined && { statedPixelSize: pixelSize }), ...(workingBox !== undefined && { workingBox }) }
}

/** The filters of the images, told in words; undefined where none are needed. */
async function transferPlan(context: JobContext, source: Source, options: EstimateOptions & { specification: MomentSpecification }): Promise<TransferPlan | undefined> {
  const { specification, whiten = false, ctfCorrection = 'auto' } = options
  const ctf = ctfCorrection === 'auto' && source.particles?.defocus !== undefined
  if (!ctf && !whiten) return undefined
  requireInput(specification.cartesian === undefined, () => 'the Cartesian form is of images as they are: it cannot be taken with CTF correction or whitening', { field: 'cartesian' })
  requireInput(!whiten || options.sigma === undefined, () => 'sigma was given, and whitening estimates the noise: give one of the two', { field: 'sigma' })
  const images = await openImages(options.particles, options.reading)
  try {
    const plan = await planTransfer({ images, particles: source.particles, ctf, whiten, radius: specification.radius, maxFrequency: specification.maxFrequency })
    context.log('info', [ctf ? `each image is multiplied by its CTF (${plan!.groups.length} groups)` : undefined, whiten ? 'images are whitened by the noise spectrum of their optics group' : undefined].filter((part) => part !== undefined).join('; '))
    return plan
  } finally {
    await images.close()
  }
}

function planIdentity(plan: TransferPlan): string {
  const hash = createHash('sha256')
  for (const { square } of plan.groups) hash.update(new Uint8Array(square.buffer, square.byteOffset, square.byteLength))
  for (const filter of plan.filters.whitening) hash.update(new Uint8Array(filter.buffer, filter.byteOffset, filter.byteLength))
  return hash.digest('hex')
}

// Stacks are too large to hash: names, sizes and times of change tell whether they are still the same.
async function stackState(paths: readonly (string | undefined)[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths) {
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined) // missing ones are reported when read
    hash.update(JSON.stringify([path && basename(path), found?.size, found?.mtimeMs]))
  }
  return hash.digest('hex')
}

interface Pass {
  readonly done: number
  add(piece: number, result: PartResult): void
  skipped(): number
  /** Mean of the images added so far, pixel by pixel. */
  meanImage(): Float64Array
  state(done: number): MomentSet
}

async function beginPass(options: { source: Source; specification: MomentSpecification; plan: TransferPlan | undefined; groups: number; pieceSize: number; checkpointPath: string }): Promise<Pass> {
  const { source, specification, plan, groups, pieceSize, checkpointPath } = options
  const bases = momentBases(specification)
  const identity = JSON.stringify([source.provenance, specification, groups, pieceSize, ...(plan ? [planIdentity(plan)] : [])])
  let parts: MomentPart[] = Array.from({ length: 2 * groups }, (_, k) => ({ half: k % 2 === 0 ? (1 as const) : (2 as const), sums: emptySums(bases.basis, bases.thirdBasis?.counts), ...(plan && { groupCounts: new Float64Array(plan.groups.length) }) }))
  let cartesian = emptyCartesianHalves(specification)
  let done = 0
  let skipped = 0
  const before = await readMoments(checkpointPath).catch((error: unknown) => {
    if (error instanceof AppError && (error.tag === 'NotFound' || error.tag === 'UnsupportedFormat')) return undefined
    throw error
  })
  if (before?.provenance.identity === identity) {
    parts = [...before.parts]
    cartesian = before.cartesian
    done = Number(before.provenance.piecesDone)
    skipped = Number(before.provenance.skipped)
  }
  return {
    done,
    add(piece, result) {
      const group = piece % groups
      addSums(parts[2 * group]!.sums, result.half1)
      addSums(parts[2 * group + 1]!.sums, result.half2)
      result.groupCounts?.forEach((counts, half) => counts.forEach((value, g) => (parts[2 * group + half]!.groupCounts![g]! += value)))
      cartesian?.forEach((sums, half) => addCartesianSums(sums, result.cartesian![half]!))
      skipped += result.skipped
    },
    skipped: () => skipped,
    meanImage() {
      const sum = new Float64Array(source.boxSize ** 2)
      let count = 0
      for (const { sums } of parts) {
        count += sums.imageCount
        sums.pixelSum.forEach((value, i) => (sum[i]! += value))
      }
      return sum.map((value) => value / Math.max(1, count))
    },
    state: (piecesDone) => ({ specification, parts, ...(plan && { transfer: plan.groups }), ...(cartesian && { cartesian }), noiseVariance: 0, noiseSource: 'given', provenance: { identity, piecesDone, skipped } }),
  }
}
