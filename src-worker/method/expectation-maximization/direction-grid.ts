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
 * rounded so that the circles fill a quarter turn, each with about 2 pi sin(tilt) / d points, a multiple of 4.
 */
export function directionGrid(count: number): DirectionGrid {
  const circles = Math.max(2, Math.round(Math.PI / 2 / Math.sqrt((2 * Math.PI) / count)))
  const spacing = Math.PI / 2 / circles
  const points: number[] = []
  for (let i = 0; i < circles; i++) {
    const tilt = (i + 0.5) * spacing
    const onCircle = 4 * Math.max(1, Math.round((2 * Math.PI * Math.sin(tilt)) / spacing / 4))
    for (let j = 0; j < onCircle; j++) {
      const rot = (2 * Math.PI * (j + 0.5 * (i % 2))) / onCircle
      points.push(Math.sin(tilt) * Math.cos(rot), Math.sin(tilt) * Math.sin(rot), Math.cos(tilt))
    }
  }
  return { directions: Float64Array.from(points), cellCount: points.length / 12, spacing }
}

/**
 * For each cell of `from`, the cells of `to` with a direction (or its opposite) within `reach` radians of one of its
 * own: where an image that was likely there has to be looked for next.
 */
export function cellNeighbours(from: DirectionGrid, to: DirectionGrid, reach: number): Int32Array[] {
  const least = Math.cos(reach)
  return Array.from({ length: from.cellCount }, (_, a) => {
    const found: number[] = []
    for (let b = 0; b < to.cellCount; b++) if (near(from.directions, 12 * a, to.directions, 12 * b, least)) found.push(b)
    return Int32Array.from(found)
  })
}

function near(a: Float64Array, startA: number, b: Float64Array, startB: number, least: number): boolean {
  for (let i = startA; i < startA + 12; i += 3) {
    for (let j = startB; j < startB + 12; j += 3) {
      if (Math.abs(a[i]! * b[j]! + a[i + 1]! * b[j + 1]! + a[i + 2]! * b[j + 2]!) >= least) return true
    }
  }
  return false
}
