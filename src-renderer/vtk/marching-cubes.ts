import { BLOCK, type BlockRange, blockRange } from './block-range.ts'
import type { Grid, Mesh } from './grid.ts'
import { EDGE_START, MARCHING_TABLE } from './marching-table.ts'
import { MeshBuilder } from './mesh-builder.ts'

/**
 * The surface where the grid's values cross `level` (values at or above it are inside), without holes except where it
 * leaves the grid. Normals come from the grid's central differences.
 */
export function marchingCubes(grid: Grid, level: number): Mesh {
  const steps = marchInSteps(grid, level, blockRange(grid))
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same, giving way after every layer of cells, so that a worker can hear that nobody waits any more. */
export function* marchInSteps(grid: Grid, level: number, range: BlockRange): Generator<void, Mesh> {
  const builder = new MeshBuilder(grid, level)
  const active = new Uint8Array(range.lowest.length)
  for (let i = 0; i < active.length; i++) active[i] = range.lowest[i]! < level && range.highest[i]! >= level ? 1 : 0
  for (let z = 0; z + 1 < grid.dimensions[2]; z++) {
    marchLayer(grid, level, { z, range, active, builder })
    builder.nextLayer()
    yield
  }
  return builder.mesh()
}

function marchLayer(grid: Grid, level: number, layer: { z: number; range: BlockRange; active: Uint8Array; builder: MeshBuilder }): void {
  const [nx, ny] = grid.dimensions
  const values = grid.values
  const { z, range, active, builder } = layer
  const blockRow = range.counts[0] * range.counts[1] * Math.floor(z / BLOCK)
  for (let y = 0; y + 1 < ny; y++) {
    const blocks = blockRow + range.counts[0] * Math.floor(y / BLOCK)
    const row = nx * (y + ny * z)
    const row2 = row + nx
    const row3 = row + nx * ny
    const row4 = row3 + nx
    for (let bx = 0; bx < range.counts[0]; bx++) {
      if (active[blocks + bx] === 0) continue
      const begin = bx * BLOCK
      const end = Math.min(nx - 1, begin + BLOCK)
      let left = cornerBits(values[row + begin]! >= level, values[row2 + begin]! >= level, values[row3 + begin]! >= level, values[row4 + begin]! >= level)
      for (let x = begin; x < end; x++) {
        const right = cornerBits(values[row + x + 1]! >= level, values[row2 + x + 1]! >= level, values[row3 + x + 1]! >= level, values[row4 + x + 1]! >= level)
        const pattern = left | (right << 1)
        if (pattern !== 0 && pattern !== 255) emitCell(builder, pattern, x, y)
        left = right
      }
    }
  }
}

function cornerBits(near: boolean, nearUp: boolean, far: boolean, farUp: boolean): number {
  return (near ? 1 : 0) | (nearUp ? 4 : 0) | (far ? 16 : 0) | (farUp ? 64 : 0)
}

function emitCell(builder: MeshBuilder, pattern: number, x: number, y: number): void {
  const { offsets, edges } = MARCHING_TABLE
  const end = offsets[pattern + 1]!
  for (let i = offsets[pattern]!; i < end; i += 3) {
    builder.triangle(vertexOf(builder, edges[i]!, x, y), vertexOf(builder, edges[i + 1]!, x, y), vertexOf(builder, edges[i + 2]!, x, y))
  }
}

function vertexOf(builder: MeshBuilder, edge: number, x: number, y: number): number {
  const start = EDGE_START[edge]!
  return builder.vertex(edge >> 2, x + (start & 1), y + ((start >> 1) & 1), start >> 2)
}
