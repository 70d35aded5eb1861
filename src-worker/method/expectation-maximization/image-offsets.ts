import type { JobContext } from '#job/context.ts'
import type { BandPlan } from './band-plan.ts'
import type { OffsetResult } from './expectation.ts'
import type { OffsetGrid } from './offset-grid.ts'
import { offsetMatrices } from './operations.ts'
import type { ShiftMatrices } from './shift-matrices.ts'

/** What is known of the in-plane offsets of a set of images. */
export interface ImageOffsets {
  readonly grid: OffsetGrid
  /** Standard deviation along each axis, pixels; re-estimated in every round. */
  readonly deviation: number
  /** Most likely offset of each image; -1 or absent where nothing is known. */
  readonly nearest?: Int16Array | undefined
}

/** Before anything is known: an offset is as likely as a Gaussian of half the range has it. */
export function startOffsets(grid: OffsetGrid | undefined): ImageOffsets | undefined {
  return grid && { grid, deviation: 0.5 * grid.lengths.at(-1)! }
}

/** Most likely offsets for `count` images, of which the first are known. */
export function nearestOf(offsets: ImageOffsets, count: number): Int16Array {
  const out = new Int16Array(count).fill(-1)
  if (offsets.nearest) out.set(offsets.nearest.subarray(0, count))
  return out
}

/** After an expectation step over `count` images: the prior's width is the one of greatest likelihood, at least half a step. */
export function updatedOffsets(offsets: ImageOffsets, found: OffsetResult, count: number): ImageOffsets {
  return { ...offsets, nearest: found.nearest, deviation: Math.max(0.5 * offsets.grid.step, Math.sqrt(found.squares / (2 * count))) }
}

/** The results of consecutive parts as one; undefined without offsets. */
export function joinedOffsets(parts: readonly (OffsetResult | undefined)[]): OffsetResult | undefined {
  const found = parts.filter((part) => part !== undefined)
  if (found.length === 0) return undefined
  return { nearest: Int16Array.from(found.flatMap((part) => [...part.nearest])), means: Float32Array.from(found.flatMap((part) => [...part.means])), squares: found.reduce((sum, part) => sum + part.squares, 0) }
}

const made = new WeakMap<BandPlan, Promise<ShiftMatrices>>()

/** Shift matrices of a band, made once for all sets that use it. */
export function matricesOf(context: JobContext, plan: BandPlan, grid: OffsetGrid): Promise<ShiftMatrices> {
  const before = made.get(plan)
  if (before) return before
  const making = context.pool.run(offsetMatrices, { image: plan.image, counts: plan.layout.counts, map: plan.map, lengths: grid.lengths }, { signal: context.signal })
  made.set(plan, making)
  making.catch(() => made.delete(plan))
  return making
}
