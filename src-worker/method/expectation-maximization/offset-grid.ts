import { requireInput } from '#core/error.ts'

/** In-plane offsets that are tried: what is added to a picture's position to centre it, pixels. */
export interface OffsetGrid {
  readonly x: Float64Array
  readonly y: Float64Array
  /** Index of the lengths in `lengths`. */
  readonly lengthOf: Int32Array
  /** Distinct lengths, ascending from 0. */
  readonly lengths: Float64Array
  readonly step: number
  /** Per offset, those one step away along an axis. */
  readonly neighbours: readonly (readonly number[])[]
}

/** More than this takes too long for any image set. */
const MOST_OFFSETS = 1000

/** All multiples of `step` (pixels) within `range` of the centre; undefined for range 0. The first is (0, 0). */
export function offsetGrid(range: number, step: number): OffsetGrid | undefined {
  if (range === 0) return undefined
  requireInput(range > 0 && step > 0 && step <= range, () => `an offset range of ${range} px in steps of ${step} px: expected a positive step, at most the range`, { field: 'offsetStep', found: step })
  const reach = Math.floor(range / step + 1e-9)
  const points: [number, number, number][] = []
  for (let v = -reach; v <= reach; v++) for (let u = -reach; u <= reach; u++) if (u * u + v * v <= (range / step) ** 2 + 1e-9) points.push([u, v, u * u + v * v])
  requireInput(points.length <= MOST_OFFSETS, () => `${points.length} offsets within ${range} px in steps of ${step} px: expected at most ${MOST_OFFSETS}; take a larger step`, { field: 'offsetStep', found: step })
  points.sort((a, b) => a[2] - b[2])
  const squares = [...new Set(points.map((point) => point[2]))]
  const index = new Map(points.map(([u, v], i) => [`${u},${v}`, i]))
  return {
    x: Float64Array.from(points, ([u]) => step * u),
    y: Float64Array.from(points, ([, v]) => step * v),
    lengthOf: Int32Array.from(points, (point) => squares.indexOf(point[2])),
    lengths: Float64Array.from(squares, (square) => step * Math.sqrt(square)),
    step,
    neighbours: points.map(([u, v]) => [[u - 1, v], [u + 1, v], [u, v - 1], [u, v + 1]].map(([a, b]) => index.get(`${a},${b}`)).filter((at) => at !== undefined)),
  }
}

/** Logarithms of a centred Gaussian prior over the offsets, `deviation` pixels along each axis; their exponentials sum to 1. */
export function offsetPrior(grid: OffsetGrid, deviation: number): Float64Array {
  const logs = grid.x.map((x, s) => -(x * x + grid.y[s]! ** 2) / (2 * deviation * deviation))
  const total = Math.log(logs.reduce((sum, value) => sum + Math.exp(value), 0))
  return logs.map((value) => value - total)
}
