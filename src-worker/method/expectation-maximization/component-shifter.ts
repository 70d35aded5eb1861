import type { Block, Kernel } from '#kernel/kernel.ts'
import type { ComponentMap } from './expectation.ts'
import type { OffsetGrid } from './offset-grid.ts'
import { shiftFloats, type ShiftMatrices } from './shift-matrices.ts'

/** Image coefficients of a batch -> components of the band of every shifted image (`shift-matrices.ts`). */
export class ComponentShifter {
  /** offsets x batch x components. */
  readonly shifted: Block
  private readonly kernel: Kernel
  private readonly grid: OffsetGrid
  private readonly matrices: ShiftMatrices
  private readonly matrixData: Block
  private readonly source: readonly [Block, Block]
  private readonly target: readonly [Block, Block]
  private readonly counts: readonly number[]
  private readonly fullCounts: readonly number[]
  private readonly batch: number
  private readonly length: number

  constructor(kernel: Kernel, options: { counts: readonly number[]; map: ComponentMap; grid: OffsetGrid; matrices: ShiftMatrices; batch: number }) {
    const { counts, map, grid, matrices, batch } = options
    this.kernel = kernel
    this.grid = grid
    this.matrices = matrices
    this.counts = counts
    this.fullCounts = map.fullCounts
    this.batch = batch
    this.length = matrices.rows[0] + matrices.rows[1]
    this.matrixData = kernel.allocate(matrices.data.length)
    this.matrixData.data.set(matrices.data)
    this.source = [kernel.allocate(batch * matrices.columns[0]), kernel.allocate(batch * matrices.columns[1])]
    this.target = [kernel.allocate(batch * matrices.rows[0]), kernel.allocate(batch * matrices.rows[1])]
    this.shifted = kernel.allocate(grid.x.length * batch * this.length)
  }

  /** Bytes that it allocates. */
  static bytes(matrices: ShiftMatrices, offsets: number, batch: number): number {
    const { rows, columns } = matrices
    const sum = rows[0] + rows[1]
    return 4 * (matrices.data.length + batch * (sum + columns[0] + columns[1]) + offsets * batch * sum) + 1024
  }

  /** `raw`: `size` rows of coefficients. */
  apply(raw: Float32Array, size: number): void {
    for (let s = 0; s < this.grid.x.length; s++) this.applyOne(raw, size, s)
  }

  /** Byte address of the components of image `b` shifted by offset `s`. */
  pointer(s: number, b: number): number {
    return this.shifted.pointer + 4 * (s * this.batch + b) * this.length
  }

  private applyOne(raw: Float32Array, size: number, s: number): void {
    const { kernel, matrices, source, target } = this
    const { rows, columns } = matrices
    const turn = Math.atan2(this.grid.y[s]!, this.grid.x[s]!) + Math.PI / 2
    const [even, odd] = [source[0].data, source[1].data]
    const rawLength = columns[0] + columns[1]
    for (let b = 0; b < size; b++) {
      let from = b * rawLength
      let e = b * columns[0]
      let o = b * columns[1]
      this.fullCounts.forEach((count, m) => {
        if (m === 0) {
          for (let p = 0; p < count; p++) even[e + p] = raw[from + p]!
          from += count
          e += count
          return
        }
        const c = Math.cos(m * turn)
        const d = Math.sin(m * turn)
        for (let p = 0; p < count; p++) {
          const re = raw[from + p]!
          const im = raw[from + count + p]!
          even[e + p] = c * re - d * im
          odd[o + p] = d * re + c * im
        }
        from += 2 * count
        e += count
        o += count
      })
    }
    const start = this.grid.lengthOf[s]! * shiftFloats(matrices)
    for (const part of [0, 1] as const) {
      kernel.multiply(
        { block: source[part], stride: columns[part] },
        { block: this.matrixData, stride: columns[part], offset: start + part * rows[0] * columns[0], transposed: true },
        { block: target[part], stride: rows[part] },
        { m: size, n: rows[part], k: columns[part] },
      )
    }
    for (let b = 0; b < size; b++) {
      let to = (s * this.batch + b) * this.length
      let e = b * rows[0]
      let o = b * rows[1]
      const out = this.shifted.data
      this.counts.forEach((count, m) => {
        const c = Math.cos(m * turn)
        const d = -Math.sin(m * turn)
        for (let p = 0; p < count; p++) {
          const re = target[0].data[e + p]!
          const im = m === 0 ? 0 : target[1].data[o + p]!
          out[to + p] = m === 0 ? re : c * re - d * im
          if (m > 0) out[to + count + p] = d * re + c * im
        }
        to += m === 0 ? count : 2 * count
        e += count
        if (m > 0) o += count
      })
    }
  }
}
