import { describe, expect, it } from 'vitest'
import { binGrid, binWithin } from '../../../src-renderer/vtk/bin-grid.ts'
import { blockRange } from '../../../src-renderer/vtk/block-range.ts'
import { partOfVertex, withoutDust } from '../../../src-renderer/vtk/connected-parts.ts'
import type { Grid } from '../../../src-renderer/vtk/grid.ts'
import { marchingCubes } from '../../../src-renderer/vtk/marching-cubes.ts'
import { AXES, planeAxes, slicePlane } from '../../../src-renderer/vtk/slice-plane.ts'

function grid(dimensions: [number, number, number], field: (x: number, y: number, z: number) => number): Grid {
  const [nx, ny, nz] = dimensions
  const values = new Float32Array(nx * ny * nz)
  for (let z = 0; z < nz; z++) for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) values[x + nx * (y + ny * z)] = field(x, y, z)
  return { dimensions, spacing: [2, 3, 4], origin: [10, 20, 30], values }
}

describe('binning', () => {
  it('keeps linear fields and their place in space', () => {
    const linear = grid([8, 6, 10], (x, y, z) => 10 + 2 * x + 20 + 3 * y + 30 + 4 * z)
    const binned = binGrid(linear)
    expect(binned.dimensions).toEqual([4, 3, 5])
    const [nx, ny] = binned.dimensions
    for (let i = 0; i < binned.values.length; i++) {
      const place = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / nx / ny)]
      const sum = place.reduce((total, p, axis) => total + binned.origin[axis]! + p * binned.spacing[axis]!, 0)
      expect(binned.values[i]).toBeCloseTo(sum, 4)
    }
  })

  it('takes odd sides and stops at the budget', () => {
    expect(binGrid(grid([7, 5, 1], () => 3)).dimensions).toEqual([4, 3, 1])
    expect([...new Set(binGrid(grid([7, 5, 1], () => 3)).values)]).toEqual([3])
    expect(binWithin(grid([32, 32, 32], () => 1), 600).dimensions).toEqual([8, 8, 8])
  })
})

describe('block ranges', () => {
  it('bound every cell of their block', () => {
    const field = grid([19, 9, 25], (x, y, z) => Math.sin(x * 1.7) + Math.cos(y * 2.3 + z))
    const range = blockRange(field)
    for (let z = 0; z + 1 < 25; z++) for (let y = 0; y + 1 < 9; y++) for (let x = 0; x + 1 < 19; x++) {
      const block = Math.floor(x / 8) + range.counts[0] * (Math.floor(y / 8) + range.counts[1] * Math.floor(z / 8))
      for (let c = 0; c < 8; c++) {
        const value = field.values[x + (c & 1) + 19 * (y + ((c >> 1) & 1) + 9 * (z + (c >> 2)))]!
        expect(value >= range.lowest[block]! && value <= range.highest[block]!).toBe(true)
      }
    }
  })
})

describe('dust', () => {
  const two = { ...grid([40, 20, 20], (x, y, z) => Math.max(7 - Math.hypot(x - 10, y - 10, z - 10), 2 - Math.hypot(x - 30, y - 10, z - 10))), spacing: [1, 1, 1] as const, origin: [0, 0, 0] as const }

  it('hides parts below the size and leaves the others as they were', () => {
    const mesh = marchingCubes(two, 0)
    expect(new Set(partOfVertex(mesh)).size).toBe(2)
    expect(withoutDust(mesh, 3.5)).toEqual(mesh)
    const clean = withoutDust(mesh, 6)
    expect(new Set(partOfVertex(clean)).size).toBe(1)
    const alone = marchingCubes({ ...two, values: two.values.map((value, i) => (i % 40 < 25 ? value : -1)) }, 0)
    expect(clean.positions).toEqual(alone.positions)
    expect(clean.cells).toEqual(alone.cells)
    expect(withoutDust(mesh, 100).cells.length).toBe(0)
    expect(withoutDust(mesh, 0)).toBe(mesh)
  })
})

describe('slices', () => {
  it('cut the plane asked for', () => {
    const field = grid([4, 5, 6], (x, y, z) => x + 10 * y + 100 * z)
    for (const [across, axis] of AXES.entries()) {
      const plane = slicePlane(field, axis, 2)
      const [column, row] = planeAxes(axis)
      expect([plane.columns, plane.rows]).toEqual([field.dimensions[column], field.dimensions[row]])
      const weight = [1, 10, 100]
      for (let r = 0; r < plane.rows; r++) for (let c = 0; c < plane.columns; c++) expect(plane.values[c + plane.columns * r]).toBe(2 * weight[across]! + c * weight[column]! + r * weight[row]!)
    }
    expect(slicePlane(field, 'z', 99).values).toEqual(slicePlane(field, 'z', 5).values)
  })
})
