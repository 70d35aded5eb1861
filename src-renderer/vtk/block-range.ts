import type { Grid } from './grid.ts'

/** Cells along each side of a block. */
export const BLOCK = 8

/** Lowest and highest value in every block of cells, so that blocks without surface cost nothing. */
export interface BlockRange {
  readonly counts: readonly [number, number, number]
  readonly lowest: Float32Array
  readonly highest: Float32Array
}

/** Made once per grid; any number of levels uses it. A cell belongs to one block; its far corners are counted in. */
export function blockRange(grid: Grid): BlockRange {
  const [nx, ny, nz] = grid.dimensions
  const counts = [nx, ny, nz].map((n) => Math.max(1, Math.ceil((n - 1) / BLOCK))) as unknown as [number, number, number]
  const lowest = new Float32Array(counts[0] * counts[1] * counts[2]).fill(Infinity)
  const highest = new Float32Array(lowest.length).fill(-Infinity)
  for (let z = 0; z < nz; z++) {
    const planes = blocksAt(z, counts[2])
    for (let y = 0; y < ny; y++) {
      const rows = blocksAt(y, counts[1])
      const row = nx * (y + ny * z)
      for (let bx = 0; bx < counts[0]; bx++) {
        let low = Infinity
        let high = -Infinity
        const end = Math.min(nx - 1, (bx + 1) * BLOCK)
        for (let x = bx * BLOCK; x <= end; x++) {
          const value = grid.values[row + x]!
          if (value < low) low = value
          if (value > high) high = value
        }
        for (const bz of planes) {
          for (const by of rows) {
            const block = bx + counts[0] * (by + counts[1] * bz)
            if (low < lowest[block]!) lowest[block] = low
            if (high > highest[block]!) highest[block] = high
          }
        }
      }
    }
  }
  return { counts, lowest, highest }
}

function blocksAt(index: number, count: number): number[] {
  const own = Math.floor(index / BLOCK)
  const blocks = own < count ? [own] : []
  if (index % BLOCK === 0 && own > 0) blocks.push(own - 1)
  return blocks
}
