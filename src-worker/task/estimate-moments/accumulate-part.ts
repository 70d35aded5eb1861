import { bandProjection } from '#core/basis/steerable.ts'
import { momentBases, type MomentSpecification } from '#core/moments/moment-set.ts'
import { emptySums, type MomentSums } from '#core/moments/moment-sums.ts'
import { openImages } from '#io/particle-images.ts'
import type { StackReader } from '#io/stack-file.ts'
import { Kernel } from '#kernel/kernel.ts'
import { accumulatorBytes, MomentAccumulator } from '#method/moments/accumulator.ts'
import { defineOperation, transferring } from '#parallel/operation.ts'

export interface PartRequest {
  readonly particles: string
  readonly specification: MomentSpecification
  readonly start: number
  readonly count: number
  /** 1 or 2 for each of the `count` images. */
  readonly halves: Uint8Array
}

export interface PartResult {
  readonly half1: MomentSums
  readonly half2: MomentSums
  /** Images left out because a pixel was not a finite number. */
  readonly skipped: number
}

const BATCH = 256
/** Images read at once: about a batch of each half-set. */
const READ = 2 * BATCH
// One data set at a time passes through a thread: what was built for it is kept for the next part.
let kept: { key: string; images: Promise<StackReader>; accumulator: MomentAccumulator; empty: () => MomentSums } | undefined

/** Moment sums of a run of images, split by half-set. Reads ahead; memory does not depend on `count`. */
export const accumulatePart = defineOperation<PartRequest, PartResult>('accumulate-moments', async (request, report) => {
  const { images, accumulator, empty } = prepare(request)
  const source = await images
  const sums = [empty(), empty()] as const
  let skipped = 0
  let next = source.read(request.start, Math.min(READ, request.count))
  for (let done = 0; done < request.count; done += READ) {
    const size = Math.min(READ, request.count - done)
    const values = await next
    const ahead = done + READ
    if (ahead < request.count) {
      next = source.read(request.start + ahead, Math.min(READ, request.count - ahead))
      next.catch(() => undefined) // awaited in its turn
    }
    for (const half of [1, 2] as const) {
      const chosen: number[] = []
      for (let i = 0; i < size; i++) if (request.halves[done + i] === half) chosen.push(i)
      for (let from = 0; from < chosen.length; from += BATCH) {
        const batch = chosen.slice(from, from + BATCH)
        skipped += accumulator.add(values, batch.length, sums[half - 1]!, batch)
      }
    }
    report((done + size) / request.count)
  }
  return transferring({ half1: sums[0], half2: sums[1], skipped }, [...buffers(sums[0]), ...buffers(sums[1])])
})

function prepare(request: PartRequest): NonNullable<typeof kept> {
  const key = JSON.stringify([request.particles, request.specification])
  if (kept?.key === key) return kept
  if (kept) void kept.images.then((images) => images.close())
  const { basis, thirdBasis } = momentBases(request.specification)
  const third = thirdBasis && { basis: thirdBasis, projection: bandProjection(thirdBasis, basis) }
  const options = { basis, batch: BATCH, ...(third && { third }) }
  const accumulator = new MomentAccumulator(new Kernel(accumulatorBytes(options)), options)
  kept = { key, images: openImages(request.particles), accumulator, empty: () => emptySums(basis, thirdBasis?.counts) }
  return kept
}

function buffers(sums: MomentSums): ArrayBuffer[] {
  const arrays = [sums.first, sums.pixelSum, sums.pixelPower, ...[...sums.second, ...sums.third].flatMap((block) => [block.re, block.im])]
  return arrays.map((array) => array.buffer as ArrayBuffer)
}
