import type { Mesh } from '../../../src-renderer/vtk/grid.ts'

/** Closed forms to hold a mesh against: area, enclosed volume (divergence theorem), Euler characteristic, edge use. */
export function measure(mesh: Mesh): { area: number; volume: number; euler: number; edgeUses: Set<number>; oriented: boolean } {
  let area = 0
  let volume = 0
  const uses = new Map<number, number>()
  const directed = new Set<number>()
  let oriented = true
  const vertices = mesh.positions.length / 3
  const at = (i: number): [number, number, number] => [mesh.positions[3 * i]!, mesh.positions[3 * i + 1]!, mesh.positions[3 * i + 2]!]
  for (let i = 0; i < mesh.cells.length; i += 4) {
    const corners = [mesh.cells[i + 1]!, mesh.cells[i + 2]!, mesh.cells[i + 3]!] as const
    const [a, b, c] = [at(corners[0]), at(corners[1]), at(corners[2])]
    const cross = [
      (b[1]! - a[1]!) * (c[2]! - a[2]!) - (b[2]! - a[2]!) * (c[1]! - a[1]!),
      (b[2]! - a[2]!) * (c[0]! - a[0]!) - (b[0]! - a[0]!) * (c[2]! - a[2]!),
      (b[0]! - a[0]!) * (c[1]! - a[1]!) - (b[1]! - a[1]!) * (c[0]! - a[0]!),
    ]
    area += Math.hypot(...cross) / 2
    volume += (a[0]! * cross[0]! + a[1]! * cross[1]! + a[2]! * cross[2]!) / 6
    for (let k = 0; k < 3; k++) {
      const from = corners[k]!
      const to = corners[(k + 1) % 3]!
      const edge = Math.min(from, to) * vertices + Math.max(from, to)
      uses.set(edge, (uses.get(edge) ?? 0) + 1)
      const direction = from * vertices + to
      if (directed.has(direction)) oriented = false
      directed.add(direction)
    }
  }
  return { area, volume, euler: vertices - uses.size + mesh.cells.length / 4, edgeUses: new Set(uses.values()), oriented }
}
