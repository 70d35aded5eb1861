/**
 * What marching cubes does in a cell, for each of the 256 patterns of corners that are inside (Lorensen and Cline,
 * Computer Graphics 21 (1987) 163). The table is derived here, not listed: on each face the crossings are joined so that
 * inside corners are kept apart, which both cells at that face decide alike, so that the surface has no holes; the
 * joined crossings form loops, and the loops are cut into triangles.
 *
 * Corner c of a cell lies at (c & 1, c >> 1 & 1, c >> 2 & 1). Edge 4 a + k runs along axis a from `EDGE_START[4 a + k]`.
 */
export const EDGE_START: readonly number[] = [0, 2, 4, 6, 0, 1, 4, 5, 0, 1, 2, 3]

// Corners of each face, counter-clockwise seen from outside the cell.
const FACES = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
] as const

function edgeBetween(one: number, other: number): number {
  const start = Math.min(one, other)
  const axis = Math.log2(one ^ other)
  return 4 * axis + EDGE_START.slice(4 * axis, 4 * axis + 4).indexOf(start)
}

function facesOfEdge(edge: number): number[] {
  const start = EDGE_START[edge]!
  const end = start | (1 << (edge >> 2))
  return FACES.flatMap((corners, face) => ((corners as readonly number[]).includes(start) && (corners as readonly number[]).includes(end) ? [face] : []))
}

/** Every crossed edge is entered in one of its faces and left in the other: the pairs chain to loops. */
function loopsOf(pattern: number): number[][] {
  const inside = (corner: number): boolean => ((pattern >> corner) & 1) === 1
  const next = new Map<number, number>()
  for (const corners of FACES) {
    for (let k = 0; k < 4; k++) {
      if (inside(corners[k]!) || !inside(corners[(k + 1) % 4]!)) continue
      let last = k + 1
      while (inside(corners[(last + 1) % 4]!)) last++
      next.set(edgeBetween(corners[k]!, corners[(k + 1) % 4]!), edgeBetween(corners[last % 4]!, corners[(last + 1) % 4]!))
    }
  }
  const loops: number[][] = []
  while (next.size > 0) {
    const loop: number[] = []
    let edge: number | undefined = next.keys().next().value
    while (edge !== undefined && next.has(edge)) {
      loop.push(edge)
      const following: number = next.get(edge)!
      next.delete(edge)
      edge = following
    }
    loops.push(loop)
  }
  return loops
}

/** Cuts a loop so that as few cuts as possible lie in a face: a cut there could meet the neighbour's and join four triangles. */
function cut(loop: readonly number[]): { triangles: number[]; cost: number } {
  if (loop.length < 3) return { triangles: [], cost: 0 }
  const inFace = (i: number, j: number): number => {
    if (j - i === 1 || j - i === loop.length - 1) return 0
    return facesOfEdge(loop[i]!).some((face) => facesOfEdge(loop[j]!).includes(face)) ? 1 : 0
  }
  let best = { triangles: [] as number[], cost: Infinity }
  const last = loop.length - 1
  for (let middle = 1; middle < last; middle++) {
    const left = cut(loop.slice(0, middle + 1))
    const right = cut(loop.slice(middle))
    const cost = left.cost + right.cost + inFace(0, middle) + inFace(middle, last)
    if (cost < best.cost) best = { triangles: [loop[0]!, loop[middle]!, loop[last]!, ...left.triangles, ...right.triangles], cost }
  }
  return best
}

function derive(): { offsets: Uint16Array; edges: Uint8Array } {
  const offsets = new Uint16Array(257)
  const edges: number[] = []
  for (let pattern = 0; pattern < 256; pattern++) {
    for (const loop of loopsOf(pattern)) edges.push(...cut(loop).triangles)
    offsets[pattern + 1] = edges.length
  }
  return { offsets, edges: Uint8Array.from(edges) }
}

/** Edges of the triangles of pattern p: `edges[offsets[p]]` up to `edges[offsets[p + 1]]`, three per triangle. */
export const MARCHING_TABLE = derive()
