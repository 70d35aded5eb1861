import { binnedSides, binValues } from '#core/volume/bin-values.ts'
import { levelEnclosing, valueDistribution, type ValueDistribution } from '#core/volume/value-distribution.ts'
import { readMapGrid } from '#io/map-grid.ts'
import type { Transferred } from './transferred.ts'

type Triple = readonly [number, number, number]

/** A map in memory with what is told of it. */
export interface VolumeLevels extends ValueDistribution {
  readonly voxelSize: Triple | null
  readonly origin: Triple
  /** The level above which one percent of the voxels lies. */
  readonly onePercent: number
  /** The map itself, then binned by 2, by 4, … until no side is longer than 64. */
  readonly levels: readonly { readonly dimensions: Triple; readonly values: Float32Array<ArrayBuffer> }[]
  readonly warnings: readonly string[]
}

/** Longest side of the coarsest level. */
const COARSEST = 64

/** Reads a map once: its values, statistics, exact levels, and coarser copies. Errors: as readMapGrid. */
export async function readVolumeLevels({ path }: { readonly path: string }): Promise<Transferred<VolumeLevels>> {
  const { values, dimensions, voxelSize, origin, warnings } = await readMapGrid(path)
  const levels = [{ dimensions, values: own(values) }]
  for (let last = levels[0]!; Math.max(...last.dimensions) > COARSEST; last = levels.at(-1)!) {
    levels.push({ dimensions: binnedSides(last.dimensions), values: own(binValues(last.values, last.dimensions)) })
  }
  const value = { ...valueDistribution(values), voxelSize, origin, onePercent: levelEnclosing(values, 0.01), levels, warnings }
  return { value, transfer: levels.map((level) => level.values.buffer) }
}

/** The values in a buffer of their own, that can be moved. */
export function own(values: Float32Array): Float32Array<ArrayBuffer> {
  const whole = values.buffer instanceof ArrayBuffer && values.byteOffset === 0 && values.byteLength === values.buffer.byteLength
  return whole ? (values as Float32Array<ArrayBuffer>) : values.slice()
}
