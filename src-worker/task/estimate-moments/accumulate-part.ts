import { bandProjection } from '#core/basis/steerable.ts'
import { momentBases, type MomentSpecification } from '#core/moments/moment-set.ts'
import { emptySums, type MomentSums } from '#core/moments/moment-sums.ts'
import { openImages } from '#io/particle-images.ts'
import type { StackReader } from '#io/stack-file.ts'
import { Kernel } from '#kernel/kernel.ts'
import { MomentAccumulator } from '#method/moments/accumulator.ts'
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
// One data set at a time passes through a thread: what was built for it is kept for the next part.
let kept: { key: string; images: Promise<StackReader>; accumulator: MomentAccumulator; empty: () => MomentSums } | undefined

/** Moment sums of a run of images, split by half-set. Reads ahead one batch; memory does not depend on `count`. */
export const accumulatePart = defineOperation<PartRequest, PartResult>('accumulate-moments', async (request, report) => {
  const { images, accumulator, empty } = prepare(request)
  const source = await images
  const pixels = source.size ** 2
  const sums = [empty(), empty()] as const
  let skipped = 0
  let next = source.read(request.start, Math.min(BATCH, request.count))
  for (let done = 0; done < request.count; done += BATCH) {
    const size = Math.min(BATCH, request.count - done)
    const batch = await next
    const ahead = done + BATCH
    if (ahead < request.count) next = source.read(request.start + ahead, Math.min(BATCH, request.count - ahead))
    for (const half of [1, 2] as const) {
      const chosen = new Float32Array(size * pixels)
      let count = 0
      for (let i = 0; i < size; i++) {
        if (request.halves[done + i] !== half) continue
        chosen.set(batch.subarray(i * pixels, (i + 1) * pixels), count * pixels)
        count++
      }
      if (count > 0) skipped += accumulator.add(chosen, count, sums[half - 1]!)
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
  const accumulator = new MomentAccumulator(new Kernel(kernelBytes(request.specification, basis.length)), { basis, batch: BATCH, ...(third && { third }) })
  kept = { key, images: openImages(request.particles), accumulator, empty: () => emptySums(basis, thirdBasis?.counts) }
  return kept
}

// Folded basis matrices (a quarter disc by all coefficients), batch buffers, third-moment products.
function kernelBytes({ radius }: MomentSpecification, length: number): number {
  const quarter = (radius + 1) ** 2
  return 4 * (quarter * length + BATCH * (4 * length + quarter) + 8 * BATCH * length + 600 * 2 * BATCH + 2e6)
}

function buffers(sums: MomentSums): ArrayBuffer[] {
  const arrays = [sums.first, sums.pixelSum, sums.pixelPower, ...[...sums.second, ...sums.third].flatMap((block) => [block.re, block.im])]
  return arrays.map((array) => array.buffer as ArrayBuffer)
}
