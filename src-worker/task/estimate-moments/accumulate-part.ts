import { bandProjection } from '#core/basis/steerable.ts'
import { cartesianGrid, type CartesianSums } from '#core/moments/cartesian.ts'
import { emptyCartesianHalves, momentBases, type MomentSpecification } from '#core/moments/moment-set.ts'
import { emptySums, type MomentSums } from '#core/moments/moment-sums.ts'
import { openImages, type ImageOptions } from '#io/particle-images.ts'
import type { StackReader } from '#io/stack-file.ts'
import { Kernel } from '#kernel/kernel.ts'
import { accumulatorBytes, MomentAccumulator } from '#method/moments/accumulator.ts'
import { cartesianBytes, CartesianAccumulator } from '#method/moments/cartesian-accumulator.ts'
import { defineOperation, transferring } from '#parallel/operation.ts'
import { applyTransfer, TransferGrid, type ImageFilters } from './image-filters.ts'

export interface PartRequest {
  readonly particles: string
  /** How images are read. */
  readonly reading?: ImageOptions | undefined
  /** Of the `count` images, where they are whitened or have a CTF. */
  readonly filters?: ImageFilters | undefined
  readonly specification: MomentSpecification
  readonly start: number
  readonly count: number
  /** 1 or 2 for each of the `count` images. */
  readonly halves: Uint8Array
}

export interface PartResult {
  readonly half1: MomentSums
  readonly half2: MomentSums
  /** Images of each transfer group in the two half-sets, where there are filters. */
  readonly groupCounts?: readonly [Float64Array, Float64Array] | undefined
  /** Of the two half-sets, where the specification has the Cartesian form. */
  readonly cartesian?: readonly [CartesianSums, CartesianSums]
  /** Images left out because a pixel was not a finite number. */
  readonly skipped: number
}

const BATCH = 256
/** Images read at once: about a batch of each half-set. */
const READ = 2 * BATCH
// One data set at a time passes through a thread: what was built for it is kept for the next part.
let kept: { key: string; images: Promise<StackReader>; accumulator: MomentAccumulator; cartesian: CartesianAccumulator | undefined; empty: () => MomentSums } | undefined

/** Moment sums of a run of images, split by half-set. Reads ahead; memory does not depend on `count`. */
export const accumulatePart = defineOperation<PartRequest, PartResult>('accumulate-moments', async (request, report) => {
  const { images, accumulator, cartesian, empty } = prepare(request)
  const source = await images
  const sums = [empty(), empty()] as const
  const cartesianSums = emptyCartesianHalves(request.specification)
  const { filters } = request
  const grid = filters && new TransferGrid(filters)
  const groupCounts = filters && ([new Float64Array(filters.groups), new Float64Array(filters.groups)] as const)
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
    const finite = filters ? finiteImages(values, size) : undefined
    const used = filters ? values.slice() : values
    if (filters) applyTransfer(used, grid!, filters, done)
    for (const half of [1, 2] as const) {
      const chosen: number[] = []
      for (let i = 0; i < size; i++) {
        if (request.halves[done + i] !== half) continue
        if (!finite || finite[i]) chosen.push(i)
        else skipped++
        if (finite?.[i]) groupCounts![half - 1]![filters!.groupOf[done + i]!]!++
      }
      for (let from = 0; from < chosen.length; from += BATCH) {
        const batch = chosen.slice(from, from + BATCH)
        skipped += accumulator.add(used, batch.length, sums[half - 1]!, batch, filters && values)
        if (cartesianSums) cartesian!.add(values, batch, cartesianSums[half - 1]!)
      }
    }
    report((done + size) / request.count)
  }
  const moved = [...buffers(sums[0]), ...buffers(sums[1]), ...(cartesianSums ?? []).flatMap(({ first, second }) => [first.buffer as ArrayBuffer, second.buffer as ArrayBuffer])]
  return transferring({ half1: sums[0], half2: sums[1], ...(groupCounts && { groupCounts }), ...(cartesianSums && { cartesian: cartesianSums }), skipped }, moved)
})

// Two images go through one transform: one that is not finite would spoil the other. It becomes zero here.
function finiteImages(values: Float32Array, count: number): Uint8Array {
  const pixels = values.length / count
  return Uint8Array.from({ length: count }, (_, i) => {
    const image = values.subarray(i * pixels, (i + 1) * pixels)
    if (image.every(Number.isFinite)) return 1
    image.fill(0)
    return 0
  })
}

function prepare(request: PartRequest): NonNullable<typeof kept> {
  const key = JSON.stringify([request.particles, request.reading, request.specification])
  if (kept?.key === key) return kept
  if (kept) void kept.images.then((images) => images.close())
  const { basis, thirdBasis } = momentBases(request.specification)
  const third = thirdBasis && { basis: thirdBasis, projection: bandProjection(thirdBasis, basis) }
  const options = { basis, batch: BATCH, ...(third && { third }) }
  const accumulator = new MomentAccumulator(new Kernel(accumulatorBytes(options)), options)
  const grid = request.specification.cartesian && cartesianGrid(request.specification.boxSize, request.specification.cartesian)
  const cartesian = grid && new CartesianAccumulator(new Kernel(cartesianBytes(grid, BATCH)), grid, BATCH)
  kept = { key, images: openImages(request.particles, request.reading), accumulator, cartesian, empty: () => emptySums(basis, thirdBasis?.counts) }
  return kept
}

function buffers(sums: MomentSums): ArrayBuffer[] {
  const arrays = [sums.first, sums.pixelSum, sums.pixelPower, ...[...sums.second, ...sums.third].flatMap((block) => [block.re, block.im])]
  return arrays.map((array) => array.buffer as ArrayBuffer)
}
