import type { Grid } from './grid.ts'

/** The grid of the means of 2 x 2 x 2 voxels (of fewer at an odd end); its voxels lie at the middles of those they stand for. */
export function binGrid(grid: Grid): Grid {
  const [nx, ny, nz] = grid.dimensions
  const [mx, my, mz] = [nx, ny, nz].map((n) => Math.max(1, Math.ceil(n / 2))) as [number, number, number]
  const values = new Float32Array(mx * my * mz)
  for (let z = 0; z < mz; z++) {
    const z2 = Math.min(2 * z + 1, nz - 1)
    for (let y = 0; y < my; y++) {
      const y2 = Math.min(2 * y + 1, ny - 1)
      const rows = [nx * (2 * y + ny * 2 * z), nx * (y2 + ny * 2 * z), nx * (2 * y + ny * z2), nx * (y2 + ny * z2)] as const
      for (let x = 0; x < mx; x++) {
        const x1 = 2 * x
        const x2 = Math.min(x1 + 1, nx - 1)
        let sum = 0
        for (const row of rows) sum += grid.values[row + x1]! + grid.values[row + x2]!
        values[x + mx * (y + my * z)] = sum / 8
      }
    }
  }
  return {
    dimensions: [mx, my, mz],
    spacing: [2 * grid.spacing[0], 2 * grid.spacing[1], 2 * grid.spacing[2]],
    origin: [grid.origin[0] + grid.spacing[0] / 2, grid.origin[1] + grid.spacing[1] / 2, grid.origin[2] + grid.spacing[2] / 2],
    values,
  }
}

/** Bins until no more than `voxels` are left. */
export function binWithin(grid: Grid, voxels: number): Grid {
  let binned = grid
  while (binned.values.length > voxels && Math.max(...binned.dimensions) > 1) binned = binGrid(binned)
  return binned
}
