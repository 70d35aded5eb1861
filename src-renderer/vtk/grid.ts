import type { Bounds } from './camera-pose.ts'

/** Values on a regular grid, x fastest, with its place in space. */
export interface Grid {
  readonly dimensions: readonly [number, number, number]
  /** A (or voxels where the size is unknown) between neighbours along x, y, z. */
  readonly spacing: readonly [number, number, number]
  /** Of the first voxel's centre. */
  readonly origin: readonly [number, number, number]
  readonly values: Float32Array
}

/** A surface of triangles. Lengths in the grid's unit. */
export interface Mesh {
  /** x, y, z of every vertex. */
  readonly positions: Float32Array
  /** Unit vectors towards lower values, three per vertex. */
  readonly normals: Float32Array
  /** 3, a, b, c per triangle, the layout vtk.js takes; counter-clockwise seen from the side of lower values. */
  readonly cells: Uint32Array
}

/** How many triangles a mesh has. */
export function triangleCount(mesh: Mesh): number {
  return mesh.cells.length / 4
}

/** The box around all vertices; undefined where there are none. */
export function meshBounds(mesh: Mesh): Bounds | undefined {
  if (mesh.positions.length === 0) return undefined
  const bounds: [number, number, number, number, number, number] = [Infinity, -Infinity, Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < mesh.positions.length; i += 3) {
    for (let axis = 0; axis < 3; axis++) {
      const value = mesh.positions[i + axis]!
      if (value < bounds[2 * axis]!) bounds[2 * axis] = value
      if (value > bounds[2 * axis + 1]!) bounds[2 * axis + 1] = value
    }
  }
  return bounds
}
