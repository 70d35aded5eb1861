import type { Grid, Mesh } from './grid.ts'

/** Collects a surface layer by layer: one vertex per crossed edge of the grid, shared by the cells around it. */
export class MeshBuilder {
  private readonly grid: Grid
  private readonly level: number
  private positions = new Float32Array(3 * 4096)
  private normals = new Float32Array(3 * 4096)
  private cells = new Uint32Array(4 * 8192)
  private vertices = 0
  private used = 0
  private z = 0
  /** Vertex on the edge along x, y of the near and the far plane, and along z between them; -1 where there is none yet. */
  private near: [Int32Array, Int32Array]
  private far: [Int32Array, Int32Array]
  private readonly between: Int32Array

  constructor(grid: Grid, level: number) {
    this.grid = grid
    this.level = level
    const size = grid.dimensions[0] * grid.dimensions[1]
    const plane = (): Int32Array => new Int32Array(size).fill(-1)
    this.near = [plane(), plane()]
    this.far = [plane(), plane()]
    this.between = plane()
  }

  /** The vertex on the edge along `axis` that begins at (x, y) of the near (0) or far (1) plane. */
  vertex(axis: number, x: number, y: number, plane: number): number {
    const cache = axis === 2 ? this.between : plane === 0 ? this.near[axis]! : this.far[axis]!
    const at = x + this.grid.dimensions[0] * y
    const known = cache[at]!
    if (known >= 0) return known
    return (cache[at] = this.add(axis, x, y, this.z + plane))
  }

  triangle(a: number, b: number, c: number): void {
    if (this.used + 4 > this.cells.length) this.cells = grown(this.cells, Uint32Array)
    this.cells[this.used++] = 3
    this.cells[this.used++] = a
    this.cells[this.used++] = b
    this.cells[this.used++] = c
  }

  nextLayer(): void {
    const spent = this.near
    this.near = this.far
    this.far = spent
    spent[0].fill(-1)
    spent[1].fill(-1)
    this.between.fill(-1)
    this.z++
  }

  mesh(): Mesh {
    return { positions: this.positions.slice(0, 3 * this.vertices), normals: this.normals.slice(0, 3 * this.vertices), cells: this.cells.slice(0, this.used) }
  }

  private add(axis: number, x: number, y: number, z: number): number {
    const [nx, ny] = this.grid.dimensions
    const { values, spacing, origin } = this.grid
    const from = x + nx * (y + ny * z)
    const to = from + (axis === 0 ? 1 : axis === 1 ? nx : nx * ny)
    const low = values[from]!
    const share = (this.level - low) / (values[to]! - low)
    const t = share >= 0 && share <= 1 ? share : 0.5
    const index = this.vertices++
    const at = 3 * index
    if (at + 3 > this.positions.length) {
      this.positions = grown(this.positions, Float32Array)
      this.normals = grown(this.normals, Float32Array)
    }
    this.positions[at] = origin[0] + spacing[0] * (axis === 0 ? x + t : x)
    this.positions[at + 1] = origin[1] + spacing[1] * (axis === 1 ? y + t : y)
    this.positions[at + 2] = origin[2] + spacing[2] * (axis === 2 ? z + t : z)
    this.setNormal(at, { axis, x, y, z, t })
    return index
  }

  private setNormal(at: number, place: { axis: number; x: number; y: number; z: number; t: number }): void {
    const { axis, x, y, z, t } = place
    const ex = axis === 0 ? x + 1 : x
    const ey = axis === 1 ? y + 1 : y
    const ez = axis === 2 ? z + 1 : z
    const gx = (1 - t) * this.slope(0, x, y, z) + t * this.slope(0, ex, ey, ez)
    const gy = (1 - t) * this.slope(1, x, y, z) + t * this.slope(1, ex, ey, ez)
    const gz = (1 - t) * this.slope(2, x, y, z) + t * this.slope(2, ex, ey, ez)
    const length = Math.sqrt(gx * gx + gy * gy + gz * gz)
    const scale = length > 0 ? -1 / length : 0
    this.normals[at] = gx * scale
    this.normals[at + 1] = gy * scale
    this.normals[at + 2] = length > 0 ? gz * scale : 1
  }

  /** Central difference along an axis, one-sided at the grid's border. */
  private slope(axis: number, x: number, y: number, z: number): number {
    const [nx, ny] = this.grid.dimensions
    const index = x + nx * (y + ny * z)
    const stride = axis === 0 ? 1 : axis === 1 ? nx : nx * ny
    const place = axis === 0 ? x : axis === 1 ? y : z
    const before = place > 0 ? 1 : 0
    const after = place + 1 < this.grid.dimensions[axis]! ? 1 : 0
    return (this.grid.values[index + after * stride]! - this.grid.values[index - before * stride]!) / ((before + after) * this.grid.spacing[axis]!)
  }
}

function grown<T extends Float32Array | Uint32Array>(array: T, Kind: new (length: number) => T): T {
  const larger = new Kind(array.length * 2)
  larger.set(array)
  return larger
}
