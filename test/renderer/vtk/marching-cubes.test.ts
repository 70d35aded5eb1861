import { describe, expect, it } from 'vitest'
import type { Grid } from '../../../src-renderer/vtk/grid.ts'
import { marchingCubes } from '../../../src-renderer/vtk/marching-cubes.ts'
import { MARCHING_TABLE } from '../../../src-renderer/vtk/marching-table.ts'
import { measure } from './mesh-measure.ts'

function sample(n: number, field: (x: number, y: number, z: number) => number, spacing: [number, number, number] = [1, 1, 1]): Grid {
  const values = new Float32Array(n ** 3)
  const c = (n - 1) / 2
  for (let z = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) values[x + n * (y + n * z)] = field((x - c) * spacing[0], (y - c) * spacing[1], (z - c) * spacing[2])
  return { dimensions: [n, n, n], spacing, origin: [-c * spacing[0], -c * spacing[1], -c * spacing[2]], values }
}

describe('marching cubes', () => {
  it('gives a sphere its area, volume, normals and Euler characteristic', () => {
    const radius = 13.3
    const mesh = marchingCubes(sample(40, (x, y, z) => radius - Math.hypot(x, y, z)), 0)
    const found = measure(mesh)
    expect(found.area / (4 * Math.PI * radius ** 2)).toBeCloseTo(1, 2)
    expect(found.volume / ((4 / 3) * Math.PI * radius ** 3)).toBeCloseTo(1, 2)
    expect(found.volume).toBeGreaterThan(0)
    expect(found.euler).toBe(2)
    expect([...found.edgeUses]).toEqual([2])
    expect(found.oriented).toBe(true)
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const [x, y, z] = mesh.positions.subarray(i, i + 3) as unknown as [number, number, number]
      const along = (x * mesh.normals[i]! + y * mesh.normals[i + 1]! + z * mesh.normals[i + 2]!) / Math.hypot(x, y, z)
      expect(along).toBeGreaterThan(0.999)
    }
  })

  it('converges with the square of the voxel', () => {
    const error = (n: number): number => {
      const spacing = 40 / n
      const radius = 15
      const found = measure(marchingCubes(sample(n, (x, y, z) => radius ** 2 - x * x - y * y - z * z, [spacing, spacing, spacing]), 0))
      return Math.abs(found.volume - (4 / 3) * Math.PI * radius ** 3)
    }
    const ratio = error(24) / error(48)
    expect(ratio).toBeGreaterThan(3)
    expect(ratio).toBeLessThan(5.5)
  })

  it('keeps to unequal voxels', () => {
    const found = measure(marchingCubes(sample(48, (x, y, z) => 1 - Math.hypot(x / 8, y / 12, z / 20), [0.5, 0.7, 1.1]), 0))
    expect(found.volume / ((4 / 3) * Math.PI * 8 * 12 * 20)).toBeCloseTo(1, 2)
  })

  it('finds the hole of a torus', () => {
    const found = measure(marchingCubes(sample(80, (x, y, z) => 5 - Math.hypot(Math.hypot(x, y) - 14, z), [0.5, 0.5, 0.5]), 0))
    expect(found.euler).toBe(0)
    expect(found.volume / (2 * Math.PI ** 2 * 14 * 25)).toBeCloseTo(1, 2)
    expect(found.area / (4 * Math.PI ** 2 * 14 * 5)).toBeCloseTo(1, 2)
  })

  it('has no hole and no edge of four triangles in noise, where every ambiguous cell occurs', () => {
    let seed = 12345
    const random = (): number => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32)
    const n = 24
    const noise = sample(n, () => random())
    for (let i = 0; i < noise.values.length; i++) {
      const place = [i % n, Math.floor(i / n) % n, Math.floor(i / n / n)]
      if (place.some((p) => p === 0 || p === n - 1)) noise.values[i] = -1
    }
    for (const level of [0.2, 0.5, 0.8]) {
      const found = measure(marchingCubes(noise, level))
      expect([...found.edgeUses]).toEqual([2])
      expect(found.oriented).toBe(true)
      expect(Math.abs(found.euler % 2)).toBe(0)
    }
  })

  it('gives a single voxel an octahedron and a plane its place', () => {
    const one = sample(3, (x, y, z) => (x === 0 && y === 0 && z === 0 ? 1 : 0))
    const found = measure(marchingCubes(one, 0.5))
    expect(found.volume).toBeCloseTo(4 / 3 / 8, 6)
    expect(found.euler).toBe(2)
    const plane = marchingCubes(sample(9, (x) => x), 1.25)
    for (let i = 0; i < plane.positions.length; i += 3) expect(plane.positions[i]).toBeCloseTo(1.25, 6)
    expect(measure(plane).area).toBeCloseTo(64, 5)
  })

  it('is empty where the level is outside the values or the map is flat', () => {
    expect(marchingCubes(sample(9, (x) => x), 100).cells.length).toBe(0)
    expect(marchingCubes(sample(9, () => 1), 1).cells.length).toBe(0)
  })

  it('has a table whose patterns use exactly the crossed edges', () => {
    for (let pattern = 0; pattern < 256; pattern++) {
      const used = new Set(MARCHING_TABLE.edges.slice(MARCHING_TABLE.offsets[pattern], MARCHING_TABLE.offsets[pattern + 1]))
      let crossed = 0
      for (let a = 0; a < 8; a++) for (const bit of [1, 2, 4]) if ((a & bit) === 0 && ((pattern >> a) & 1) !== ((pattern >> (a | bit)) & 1)) crossed++
      expect(used.size).toBe(crossed)
    }
  })
})
