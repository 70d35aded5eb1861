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
  private readonly folded: readonly Block[]
  private readonly output: Block
  private readonly widths: Block
  private readonly classes: readonly FoldClass[]

  constructor(kernel: Kernel, basis: SteerableBasis, batch = 256) {
    this.kernel = kernel
    this.basis = basis
    this.batch = batch
    this.quarter = quarterDisc(basis)
    this.classes = foldClasses(kernel, basis, this.quarter)
    this.folded = this.classes.map(() => kernel.allocate(batch * this.quarter.count))
    this.output = kernel.allocate(batch * Math.max(...this.classes.map((c) => c.columns)))
    this.widths = kernel.allocate(this.quarter.widths.length)
    kernel.viewIntegers(this.widths, this.quarter.widths.length).set(this.quarter.widths)
  }

  /**
   * Coefficients of `count` images (a block of the same kernel, count x boxSize^2), written to `out` (count rows of
   * basis.length, starting at row 0).
   */
  apply(images: Block, count: number, out: Float32Array): void {
    const { quarter, basis, kernel, folded } = this
    const pixels = basis.boxSize ** 2
    requireShape(count <= this.batch && images.data.length >= count * pixels && out.length >= count * basis.length, () => `a batch of ${count} images does not fit (batch ${this.batch}, ${images.data.length} values, room for ${out.length})`)
    const centre = Math.floor(basis.boxSize / 2)
    for (let i = 0; i < count; i++) {
      const at = 4 * i * quarter.count
      kernel.exports.foldDisc(
        images.pointer + 4 * i * pixels, basis.boxSize, centre, this.widths.pointer, quarter.widths.length,
        folded[0]!.pointer + at, folded[1]!.pointer + at, folded[2]!.pointer + at, folded[3]!.pointer + at,
      )
    }
    this.classes.forEach((group, k) => {
      kernel.multiply({ block: folded[k]!, stride: quarter.count }, { block: group.matrix, stride: group.columns }, { block: this.output, stride: group.columns }, { m: count, n: group.columns, k: quarter.count })
      const result = this.output.data
      for (let i = 0; i < count; i++) {
        const from = i * group.columns
        const to = i * basis.length
        for (let c = 0; c < group.columns; c++) out[to + group.targets[c]!] = result[from + c]!
      }
    })
  }
}

interface Quarter {
  readonly count: number
  /** Values per row of y = 0, 1, ...: x from 0 to the rim. */
  readonly widths: Int32Array
  readonly x: Int32Array
  readonly y: Int32Array
}

function quarterDisc(basis: SteerableBasis): Quarter {
  const most = Math.floor(basis.radius)
  const widths = new Int32Array(most + 1)
  const points: [number, number][] = []
  for (let y = 0; y <= most; y++) {
    for (let x = 0; x <= most; x++) {
      if (x * x + y * y > basis.radius ** 2) continue
      points.push([x, y])
      widths[y]!++
    }
  }
  return { count: points.length, widths, x: Int32Array.from(points, ([x]) => x), y: Int32Array.from(points, ([, y]) => y) }
}

interface FoldClass {
  readonly columns: number
  readonly matrix: Block
  /** Where each column goes in the coefficient vector. */
  readonly targets: Int32Array
}

function foldClasses(kernel: Kernel, basis: SteerableBasis, quarter: Quarter): FoldClass[] {
  const squared = [...new Set(Array.from(quarter.x, (x, p) => x * x + quarter.y[p]! ** 2))]
  const ring = new Map(squared.map((r2, i) => [r2, i]))
  const profiles = radialProfiles(basis, Float64Array.from(squared, Math.sqrt))
  // In the order of foldDisc's outputs: even-even, odd-odd, odd-even, even-odd in (x, y).
  return ([
    { odd: 0, sine: false },
    { odd: 0, sine: true },
    { odd: 1, sine: false },
    { odd: 1, sine: true },
  ] as const).map(({ odd, sine }) => {
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
      const angular = Float64Array.from({ length: basis.order + 1 }, (_, m) => (sine ? Math.sin(m * phi) : Math.cos(m * phi)))
      columns.forEach(({ m, p, sign }, c) => {
        matrix.data[i * columns.length + c] = sign * profiles[m]![p * squared.length + at]! * angular[m]!
      })
    }
    return { columns: columns.length, matrix, targets: Int32Array.from(columns, (c) => c.target) }
  })
}
