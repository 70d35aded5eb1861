import { radialProfiles, type SteerableBasis } from '#core/basis/steerable.ts'
import { requireShape } from '#core/error.ts'
import type { Block, Kernel } from '#kernel/kernel.ts'

/**
 * Images -> coefficient vectors of a steerable basis, batch by batch. The disc is folded by its two reflections
 * (x -> -x, y -> -y): cos(m phi) and sin(m phi) have one parity each, so every coefficient needs a quarter of the
 * pixels, and the work is four dense matrix products. Equals `expandImage` (tested).
 */
export class ImageTransform {
  readonly basis: SteerableBasis
  readonly batch: number
  private readonly kernel: Kernel
  private readonly quarter: Quarter
  private readonly folded: Block
  private readonly output: Block
  private readonly classes: readonly FoldClass[]

  constructor(kernel: Kernel, basis: SteerableBasis, batch = 256) {
    this.kernel = kernel
    this.basis = basis
    this.batch = batch
    this.quarter = quarterDisc(basis)
    this.classes = foldClasses(kernel, basis, this.quarter)
    this.folded = kernel.allocate(batch * this.quarter.count)
    this.output = kernel.allocate(batch * Math.max(...this.classes.map((c) => c.columns)))
  }

  /**
   * Coefficients of `count` images (count x boxSize^2), written to `out` (count rows of basis.length, starting at row 0).
   */
  apply(images: Float32Array, count: number, out: Float32Array): void {
    const { quarter, basis, kernel } = this
    const pixels = basis.boxSize ** 2
    requireShape(count <= this.batch && images.length >= count * pixels && out.length >= count * basis.length, () => `a batch of ${count} images does not fit (batch ${this.batch}, ${images.length} values, room for ${out.length})`)
    for (const group of this.classes) {
      this.fold(images, count, group.signs)
      kernel.multiply({ block: this.folded, stride: quarter.count }, { block: group.matrix, stride: group.columns }, { block: this.output, stride: group.columns }, { m: count, n: group.columns, k: quarter.count })
      const result = this.output.data
      for (let i = 0; i < count; i++) {
        const from = i * group.columns
        const to = i * basis.length
        for (let c = 0; c < group.columns; c++) out[to + group.targets[c]!] = result[from + c]!
      }
    }
  }

  private fold(images: Float32Array, count: number, signs: readonly [number, number, number]): void {
    const { quarter } = this
    const pixels = this.basis.boxSize ** 2
    const out = this.folded.data
    const [sx, sy, sxy] = signs
    const { here, acrossX, acrossY, acrossBoth } = quarter
    for (let i = 0; i < count; i++) {
      const base = i * pixels
      const to = i * quarter.count
      for (let p = 0; p < quarter.count; p++) {
        let value = images[base + here[p]!]!
        const x = acrossX[p]!
        const y = acrossY[p]!
        if (x >= 0) value += sx * images[base + x]!
        if (y >= 0) value += sy * images[base + y]!
        if (x >= 0 && y >= 0) value += sxy * images[base + acrossBoth[p]!]!
        out[to + p] = value
      }
    }
  }
}

interface Quarter {
  readonly count: number
  /** Pixel index at (x, y), (-x, y), (x, -y), (-x, -y); -1 where the mirror is the pixel itself. */
  readonly here: Int32Array
  readonly acrossX: Int32Array
  readonly acrossY: Int32Array
  readonly acrossBoth: Int32Array
  readonly x: Int32Array
  readonly y: Int32Array
}

function quarterDisc(basis: SteerableBasis): Quarter {
  const n = basis.boxSize
  const centre = Math.floor(n / 2)
  const most = Math.floor(basis.radius)
  const at = (x: number, y: number): number => (y + centre) * n + x + centre
  const points: [number, number][] = []
  for (let y = 0; y <= most; y++) for (let x = 0; x <= most; x++) if (x * x + y * y <= basis.radius ** 2) points.push([x, y])
  return {
    count: points.length,
    here: Int32Array.from(points, ([x, y]) => at(x, y)),
    acrossX: Int32Array.from(points, ([x, y]) => (x === 0 ? -1 : at(-x, y))),
    acrossY: Int32Array.from(points, ([x, y]) => (y === 0 ? -1 : at(x, -y))),
    acrossBoth: Int32Array.from(points, ([x, y]) => at(-x, -y)),
    x: Int32Array.from(points, ([x]) => x),
    y: Int32Array.from(points, ([, y]) => y),
  }
}

interface FoldClass {
  /** Signs of the mirror pixels (-x, y), (x, -y), (-x, -y). */
  readonly signs: readonly [number, number, number]
  readonly columns: number
  readonly matrix: Block
  /** Where each column goes in the coefficient vector. */
  readonly targets: Int32Array
}

function foldClasses(kernel: Kernel, basis: SteerableBasis, quarter: Quarter): FoldClass[] {
  const squared = [...new Set(Array.from(quarter.x, (x, p) => x * x + quarter.y[p]! ** 2))]
  const ring = new Map(squared.map((r2, i) => [r2, i]))
  const profiles = radialProfiles(basis, Float64Array.from(squared, Math.sqrt))
  return ([
    { odd: 0, sine: false, signs: [1, 1, 1] },
    { odd: 0, sine: true, signs: [-1, -1, 1] },
    { odd: 1, sine: false, signs: [-1, 1, -1] },
    { odd: 1, sine: true, signs: [1, -1, -1] },
  ] as const).map(({ odd, sine, signs }) => {
    const columns: { m: number; p: number; target: number; sign: number }[] = []
    basis.counts.forEach((count, m) => {
      if (m % 2 !== odd || (m === 0 && sine)) return
      // (-i)^m (C - i S): where C and S go, and with which sign
      const quarterTurns = m % 4
      const imaginary = odd === 1 ? !sine : sine
      const sign = sine ? (quarterTurns === 0 || quarterTurns === 1 ? -1 : 1) : quarterTurns === 0 || quarterTurns === 3 ? 1 : -1
      for (let p = 0; p < count; p++) columns.push({ m, p, sign, target: basis.offsets[m]! + (imaginary ? count : 0) + p })
    })
    const matrix = kernel.allocate(Math.max(1, quarter.count * columns.length))
    for (let i = 0; i < quarter.count; i++) {
      const x = quarter.x[i]!
      const y = quarter.y[i]!
      const phi = Math.atan2(y, x)
      const at = ring.get(x * x + y * y)!
      columns.forEach(({ m, p, sign }, c) => {
        matrix.data[i * columns.length + c] = sign * profiles[m]![p * squared.length + at]! * (sine ? Math.sin(m * phi) : Math.cos(m * phi))
      })
    }
    return { signs, columns: columns.length, matrix, targets: Int32Array.from(columns, (c) => c.target) }
  })
}
