import { join } from 'node:path'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { uncertaintySummary, viewQuantile, type Uncertainty } from './uncertainty.ts'

/** Directions at which the range of the viewing density is listed. */
const DIRECTIONS = 500

/** Writes the standard deviation per voxel (`uncertainty.mrc`) and the ranges of FSC and viewing density (`uncertainty.json`). */
export async function writeUncertainty(context: JobContext, folder: string, uncertainty: Uncertainty): Promise<{ uncertainty: string; uncertaintyRanges: string }> {
  const map = join(folder, 'uncertainty.mrc')
  const ranges = join(folder, 'uncertainty.json')
  await writeVolume(map, uncertainty.deviation, { labels: [`CryoMoment: standard deviation per voxel, ${uncertainty.resamplings} resamplings`] })
  context.artifact('uncertainty', map)
  const points = fibonacciSphere(DIRECTIONS)
  const [low, median, high] = [0.05, 0.5, 0.95].map((fraction) => viewQuantile(uncertainty, fraction)(points)) as [Float64Array, Float64Array, Float64Array]
  const record = {
    kind: '5th percentile, median and 95th percentile over resamplings; FSC of the map with the unknown truth by shell, density of viewing directions with respect to area',
    ...uncertaintySummary(uncertainty),
    views: Array.from({ length: DIRECTIONS }, (_, j) => ({ direction: [...points.subarray(3 * j, 3 * j + 3)], low: low[j], median: median[j], high: high[j] })),
  }
  await writeFileAtomic(ranges, `${JSON.stringify(record, undefined, 1)}\n`)
  context.artifact('uncertainty-ranges', ranges)
  return { uncertainty: map, uncertaintyRanges: ranges }
}
