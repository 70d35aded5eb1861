/** Row by row. */
export type Matrix = readonly number[]

/**
 * Axis of a rotation matrix, a unit vector; `null` for no rotation. Near half a turn, where the antisymmetric part vanishes,
 * from the largest diagonal of `R + 1` (its columns are then along the axis). **Source**: R = 1 + sin a K + (1 - cos a) K^2 (Rodrigues).
 */
export function rotationAxis(matrix: Matrix): [number, number, number] | null {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = matrix as [number, number, number, number, number, number, number, number, number]
  const twist: [number, number, number] = [zy - yz, xz - zx, yx - xy]
  const size = Math.hypot(...twist)
  if (size > 1e-6) return [twist[0] / size, twist[1] / size, twist[2] / size]
  if (xx + yy + zz > 2.999999) return null
  const columns: [number, number, number][] = [
    [xx + 1, yx, zx],
    [xy, yy + 1, zy],
    [xz, yz, zz + 1],
  ]
  const best = columns.reduce((a, b) => (Math.hypot(...b) > Math.hypot(...a) ? b : a))
  const length = Math.hypot(...best)
  return [best[0] / length, best[1] / length, best[2] / length]
}

/** The matrix as three lines of three numbers. */
export function matrixText(matrix: Matrix): string {
  const cell = (value: number): string => `${value < 0 ? '−' : ' '}${Math.abs(value).toFixed(5)}`
  return [0, 3, 6].map((row) => [0, 1, 2].map((column) => cell(matrix[row + column]!)).join('  ')).join('\n')
}
