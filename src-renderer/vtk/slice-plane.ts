import type { Grid } from './grid.ts'

export type Axis = 'x' | 'y' | 'z'
export const AXES: readonly Axis[] = ['x', 'y', 'z']

/** One plane of a grid. Column and row axes follow the right hand: z shows x right, y up; y shows x, z; x shows y, z. */
export interface Plane {
  readonly columns: number
  readonly rows: number
  /** Row 0 is the lowest. */
  readonly values: Float32Array
}

/** Column and row axes (0 = x) of the plane across an axis. */
export function planeAxes(axis: Axis): readonly [number, number] {
  return axis === 'z' ? [0, 1] : axis === 'y' ? [0, 2] : [1, 2]
}

export function slicePlane(grid: Grid, axis: Axis, index: number): Plane {
  const [nx, ny] = grid.dimensions
  const strides = [1, nx, nx * ny] as const
  const [column, row] = planeAxes(axis)
  const columns = grid.dimensions[column]!
  const rows = grid.dimensions[row]!
  const across = AXES.indexOf(axis)
  const start = Math.min(Math.max(0, index), grid.dimensions[across]! - 1) * strides[across]!
  const values = new Float32Array(columns * rows)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) values[c + columns * r] = grid.values[start + c * strides[column]! + r * strides[row]!]!
  }
  return { columns, rows, values }
}
