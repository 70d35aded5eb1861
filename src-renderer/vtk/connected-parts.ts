import type { Mesh } from './grid.ts'

/** The mesh without the connected parts whose longest side (of the box around them, in the mesh's unit) is below `smallest`. */
export function withoutDust(mesh: Mesh, smallest: number): Mesh {
  if (!(smallest > 0) || mesh.cells.length === 0) return mesh
  const part = partOfVertex(mesh)
  const keep = keptParts(mesh, part, smallest)
  return compact(mesh, part, keep)
}

/** For every vertex the lowest vertex of its connected part. */
export function partOfVertex(mesh: Mesh): Uint32Array {
  const parent = new Uint32Array(mesh.positions.length / 3)
  for (let i = 0; i < parent.length; i++) parent[i] = i
  const root = (start: number): number => {
    let at = start
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!
      at = parent[at]!
    }
    return at
  }
  const join = (a: number, b: number): void => {
    const first = root(a)
    const second = root(b)
    if (first < second) parent[second] = first
    else parent[first] = second
  }
  for (let i = 0; i < mesh.cells.length; i += 4) {
    join(mesh.cells[i + 1]!, mesh.cells[i + 2]!)
    join(mesh.cells[i + 1]!, mesh.cells[i + 3]!)
  }
  for (let i = 0; i < parent.length; i++) parent[i] = root(i)
  return parent
}

function keptParts(mesh: Mesh, part: Uint32Array, smallest: number): Uint8Array {
  const low = new Float32Array(mesh.positions.length).fill(Infinity)
  const high = new Float32Array(mesh.positions.length).fill(-Infinity)
  for (let i = 0; i < part.length; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const value = mesh.positions[3 * i + axis]!
      const at = 3 * part[i]! + axis
      if (value < low[at]!) low[at] = value
      if (value > high[at]!) high[at] = value
    }
  }
  const keep = new Uint8Array(part.length)
  for (let i = 0; i < part.length; i++) {
    if (part[i] !== i) continue
    const side = Math.max(high[3 * i]! - low[3 * i]!, high[3 * i + 1]! - low[3 * i + 1]!, high[3 * i + 2]! - low[3 * i + 2]!)
    keep[i] = side >= smallest ? 1 : 0
  }
  return keep
}

function compact(mesh: Mesh, part: Uint32Array, keep: Uint8Array): Mesh {
  const moved = new Int32Array(part.length).fill(-1)
  let vertices = 0
  for (let i = 0; i < part.length; i++) if (keep[part[i]!] === 1) moved[i] = vertices++
  const positions = new Float32Array(3 * vertices)
  const normals = new Float32Array(3 * vertices)
  for (let i = 0; i < part.length; i++) {
    if (moved[i]! < 0) continue
    positions.set(mesh.positions.subarray(3 * i, 3 * i + 3), 3 * moved[i]!)
    normals.set(mesh.normals.subarray(3 * i, 3 * i + 3), 3 * moved[i]!)
  }
  const cells = new Uint32Array(mesh.cells.length)
  let used = 0
  for (let i = 0; i < mesh.cells.length; i += 4) {
    const first = moved[mesh.cells[i + 1]!]!
    if (first < 0) continue
    cells[used++] = 3
    cells[used++] = first
    cells[used++] = moved[mesh.cells[i + 2]!]!
    cells[used++] = moved[mesh.cells[i + 3]!]!
  }
  return { positions, normals, cells: cells.slice(0, used) }
}
