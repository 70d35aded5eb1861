import { rotateVector, type Rotation } from '#core/geometry/rotation.ts'

/**
 * Viewing directions of one hemisphere, in cells of four neighbours on a circle of equal tilt; every direction stands
 * for its opposite too.
 */
export interface DirectionGrid {
  /** Unit vectors, 3 x 4 cellCount. */
  readonly directions: Float64Array
  readonly cellCount: number
  /** Distance of neighbouring directions, radians. */
  readonly spacing: number
}

/**
 * About `count` directions of the upper hemisphere, nearly uniform: circles of tilt (i + 1/2) d, d = sqrt(2 pi / count)
 * rounded so that the circles fill a quarter turn, each with about 2 pi sin(tilt) / d points, a multiple of 4. With a
 * `fold`-fold axis along z only rot in 0 .. 2 pi / fold: every other direction, and every opposite, is a turn of one of these.
 */
export function directionGrid(count: number, fold = 1): DirectionGrid {
  const circles = Math.max(2, Math.round(Math.PI / 2 / Math.sqrt((2 * Math.PI) / count)))
  const spacing = Math.PI / 2 / circles
  const points: number[] = []
  for (let i = 0; i < circles; i++) {
    const tilt = (i + 0.5) * spacing
    const onCircle = 4 * Math.max(1, Math.round((2 * Math.PI * Math.sin(tilt)) / (fold * spacing) / 4))
    for (let j = 0; j < onCircle; j++) {
      const rot = (2 * Math.PI * (j + 0.5 * (i % 2))) / (fold * onCircle)
      points.push(Math.sin(tilt) * Math.cos(rot), Math.sin(tilt) * Math.sin(rot), Math.cos(tilt))
    }
  }
  return { directions: Float64Array.from(points), cellCount: points.length / 12, spacing }
}

const IDENTITY: Rotation = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)

/**
 * For each cell of `from`, the cells of `to` with a direction (or its opposite) within `reach` radians of one of its
 * own, or of a turn of it by the particle's symmetry: where an image that was likely there has to be looked for next.
 */
export function cellNeighbours(from: DirectionGrid, to: DirectionGrid, reach: number, operations: readonly Rotation[] = [IDENTITY]): Int32Array[] {
  const least = Math.cos(reach)
  return Array.from({ length: from.cellCount }, (_, a) => {
    const turned = operations.map((operation) => Float64Array.from([0, 3, 6, 9].flatMap((k) => [...rotateVector(operation, from.directions.subarray(12 * a + k, 12 * a + k + 3))])))
    const found: number[] = []
    for (let b = 0; b < to.cellCount; b++) if (turned.some((directions) => near(directions, to.directions, 12 * b, least))) found.push(b)
    return Int32Array.from(found)
  })
}

function near(a: Float64Array, b: Float64Array, startB: number, least: number): boolean {
  for (let i = 0; i < 12; i += 3) {
    for (let j = startB; j < startB + 12; j += 3) {
      if (Math.abs(a[i]! * b[j]! + a[i + 1]! * b[j + 1]! + a[i + 2]! * b[j + 2]!) >= least) return true
    }
  }
  return false
}
