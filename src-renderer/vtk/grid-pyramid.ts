import { type BlockRange, blockRange } from './block-range.ts'
import { binGrid } from './bin-grid.ts'
import type { Grid } from './grid.ts'

// Below this a surface takes a few milliseconds: nothing coarser is of use.
const COARSEST_VOXELS = 40 ** 3

/** A grid and its binned ones, each made when first asked for and kept. */
export class GridPyramid {
  readonly voxels: readonly number[]
  private readonly grids: Grid[]
  private readonly ranges: (BlockRange | undefined)[] = []

  constructor(grid: Grid) {
    this.grids = [grid]
    const voxels = [grid.values.length]
    for (let sides = grid.dimensions.map(half); voxels.at(-1)! > COARSEST_VOXELS && Math.max(...sides) > 8; sides = sides.map(half)) voxels.push(sides[0]! * sides[1]! * sides[2]!)
    this.voxels = voxels
  }

  /** The grid binned `detail` times; the coarsest there is where that is too often. */
  grid(detail: number): Grid {
    const wanted = Math.min(Math.max(0, detail), this.voxels.length - 1)
    while (this.grids.length <= wanted) this.grids.push(binGrid(this.grids.at(-1)!))
    return this.grids[wanted]!
  }

  range(detail: number): BlockRange {
    const grid = this.grid(detail)
    const index = this.grids.indexOf(grid)
    return (this.ranges[index] ??= blockRange(grid))
  }
}

function half(side: number): number {
  return Math.max(1, Math.ceil(side / 2))
}
