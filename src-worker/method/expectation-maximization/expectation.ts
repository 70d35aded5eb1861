import type { Block, Kernel } from '#kernel/kernel.ts'

/** What a band's templates look like: shared by every image. */
export interface TemplateLayout {
  /** Components per angular frequency, m = 0 .. counts.length - 1. */
  readonly counts: readonly number[]
  readonly cellCount: number
  /** In-plane angles; at least 2 counts.length - 1. */
  readonly angles: number
}

/** From the stored image coefficients to the components of the band. */
export interface ComponentMap {
  readonly fullCounts: readonly number[]
  /** Per m: counts[m] x fullCounts[m], row-major, orthonormal rows. */
  readonly projection: readonly Float64Array[]
}

export interface ExpectationInput {
  /** Coefficients over sigma, rows of `fullLength` floats. */
  readonly coefficients: Float32Array
  readonly fullLength: number
  /** Rows of the images of this part. */
  readonly rows: Int32Array
  /** Templates, cell layout (`cellFloats` per cell). */
  readonly slices: Float32Array
  /** 8 per cell: log prior probability - |s|^2 / 2, four directions, then their opposites. */
  readonly bias: Float32Array
  /** Cells to look at: those of image i are `cells[start[i]] .. cells[start[i + 1]]`; all cells when absent. */
  readonly candidates?: CellLists | undefined
}

export interface CellLists {
  readonly start: Int32Array
  readonly cells: Int32Array
}

export interface ExpectationResult {
  /** sum over images and angles of P e^{i m gamma} z_m, opposite directions folded in; cell layout. */
  readonly numerators: Float32Array
  /** Posterior weight per direction, 8 per cell (four directions, then their opposites). */
  readonly weights: Float64Array
  /** Sum over images of log sum exp(score) - log(angles), and of the posterior's entropy. */
  readonly logLikelihood: number
  readonly entropy: number
  /** Cells that hold a good part of each image's posterior; never empty. */
  readonly kept: CellLists
  /** Best pose of each image: index of the direction (4 cell + lane), whether it is the opposite, angle index, probability. */
  readonly best: { readonly direction: Int32Array; readonly opposite: Uint8Array; readonly angle: Int32Array; readonly probability: Float32Array }
  /** With offsets (`offset-expectation.ts`). */
  readonly offsets?: OffsetResult
}

export interface OffsetResult {
  /** Most likely offset of each image. */
  readonly nearest: Int16Array
  /** Posterior mean of each image's offset, x and y, pixels. */
  readonly means: Float32Array
  /** Sum over images of the posterior mean of x^2 + y^2. */
  readonly squares: number
}

/** What an image adds to. */
export interface ImageSums {
  readonly totals: { logLikelihood: number; entropy: number }
  readonly best: ExpectationResult['best']
  readonly kept: { readonly start: Int32Array; readonly cells: number[] }
}

/** Floats of one cell's template. */
export function cellFloats(counts: readonly number[]): number {
  return 4 * counts.reduce((sum, count, m) => sum + (m === 0 ? count : 2 * count), 0)
}

/** Bytes that `ExpectationStep` allocates. */
export function expectationBytes(layout: TemplateLayout, map: ComponentMap): number {
  const length = cellFloats(layout.counts) / 4
  const full = map.fullCounts.reduce((sum, count) => sum + 2 * count, 0)
  const floats = 2 * layout.cellCount * cellFloats(layout.counts) + layout.cellCount * (8 * layout.angles + 32) + BATCH * (length + full) + full * Math.max(...layout.counts) + 40 * layout.angles
  return 4 * floats + 65536
}

/** Images whose components are made together. */
export const BATCH = 64
/** Scores below the best one by more than this weigh nothing (e^-14 < 1e-6). */
export const DEPTH = 14
/** Least posterior share of a cell that enters the sums. */
export const LEAST = 1e-4
/** A cell is looked at again when it holds this share of an image's posterior, or this part of the best cell's share. */
export const KEPT = 5e-3
export const KEPT_OF_BEST = 0.05

/**
 * Expectation step over viewing directions x in-plane angles (algorithms.md 10): with components z of an image in unit
 * white noise and templates s of the directions,
 * `log p(i | j, gamma) = z_0 . s_0 - |s_0|^2 / 2 + sum_{m>0} (2 Re e^{i m gamma} z_m . conj s_m - |s_m|^2) + log rho_j`,
 * all angles by one transform over m for a direction and its opposite together. Scores in float32.
 */
export class ExpectationStep {
  protected readonly kernel: Kernel
  protected readonly layout: TemplateLayout
  private readonly map: ComponentMap
  private readonly projection: readonly Block[]
  protected readonly raw: Block
  protected readonly components: Block
  protected readonly counts: Block
  protected readonly slices: Block
  protected readonly numerators: Block
  protected readonly bias: Block
  protected readonly cells: Block
  protected readonly scores: Block
  protected readonly maxima: Block
  protected readonly sums: Block
  protected readonly weights: Block
  protected readonly work: Block
  protected readonly roots: Block
  protected readonly result: Block
  private readonly shares: Float64Array
  protected readonly length: number
  protected readonly fullLength: number
  private readonly offsets: readonly number[]
  private readonly fullOffsets: readonly number[]

  constructor(kernel: Kernel, layout: TemplateLayout, map: ComponentMap) {
    const { counts, cellCount, angles } = layout
    this.kernel = kernel
    this.layout = layout
    this.map = map
    const floats = cellFloats(counts)
    this.length = floats / 4
    this.offsets = offsetsOf(counts)
    this.fullOffsets = offsetsOf(map.fullCounts)
    this.fullLength = this.fullOffsets.at(-1)! + (map.fullCounts.length > 1 ? 2 : 1) * map.fullCounts.at(-1)!
    this.projection = counts.map((count, m) => {
      const block = kernel.allocate(count * map.fullCounts[m]!)
      block.data.set(map.projection[m]!)
      return block
    })
    this.raw = kernel.allocate(BATCH * this.fullLength)
    this.components = kernel.allocate(BATCH * this.length)
    this.counts = kernel.allocate(counts.length)
    integers(this.counts).set(counts)
    this.slices = kernel.allocate(cellCount * floats)
    this.numerators = kernel.allocate(cellCount * floats)
    this.bias = kernel.allocate(8 * cellCount)
    this.weights = kernel.allocate(8 * cellCount)
    this.cells = kernel.allocate(cellCount)
    this.scores = kernel.allocate(cellCount * 8 * angles)
    this.maxima = kernel.allocate(cellCount)
    this.sums = kernel.allocate(8 * cellCount)
    this.work = kernel.allocate(2 * 8 * angles + 8 * angles + 64)
    this.roots = kernel.allocate(2 * angles)
    for (let g = 0; g < angles; g++) {
      this.roots.data[2 * g] = Math.cos((2 * Math.PI * g) / angles)
      this.roots.data[2 * g + 1] = -Math.sin((2 * Math.PI * g) / angles)
    }
    this.result = kernel.allocate(4)
    this.shares = new Float64Array(cellCount)
  }

  /** Runs over the images of `input`; `onImage` is told how many are done. */
  run(input: ExpectationInput, onProgress?: (fraction: number) => void): ExpectationResult {
    const { cellCount } = this.layout
    const count = input.rows.length
    this.slices.data.set(input.slices)
    this.bias.data.set(input.bias)
    this.numerators.data.fill(0)
    const weights = new Float64Array(8 * cellCount)
    const totals = { logLikelihood: 0, entropy: 0 }
    const kept = { start: new Int32Array(count + 1), cells: [] as number[] }
    const best = { direction: new Int32Array(count), opposite: new Uint8Array(count), angle: new Int32Array(count), probability: new Float32Array(count) }
    const list = integers(this.cells)
    for (let from = 0; from < count; from += BATCH) {
      const batch = Math.min(BATCH, count - from)
      this.load(input, from, batch)
      this.weights.data.fill(0)
      for (let b = 0; b < batch; b++) {
        const i = from + b
        const listed = fillList(list, input.candidates, i, cellCount)
        this.image(b, i, listed, { totals, best, kept })
      }
      for (let k = 0; k < weights.length; k++) weights[k]! += this.weights.data[k]!
      onProgress?.((from + batch) / count)
    }
    return { numerators: this.numerators.data.slice(), weights, ...totals, kept: { start: kept.start, cells: Int32Array.from(kept.cells) }, best }
  }

  // Coefficients of a batch -> components of the band
  protected load(input: ExpectationInput, from: number, batch: number): void {
    const { raw, components, fullLength, length } = this
    for (let b = 0; b < batch; b++) {
      const row = input.rows[from + b]! * input.fullLength
      raw.data.set(input.coefficients.subarray(row, row + fullLength), b * fullLength)
    }
    this.layout.counts.forEach((count, m) => {
      const full = this.map.fullCounts[m]!
      for (const part of m === 0 ? [0] : [0, 1]) {
        this.kernel.multiply(
          { block: raw, stride: fullLength, offset: this.fullOffsets[m]! + part * full },
          { block: this.projection[m]!, stride: full, transposed: true },
          { block: components, stride: length, offset: this.offsets[m]! + part * count },
          { m: batch, n: count, k: full },
        )
      }
    })
  }

  protected image(
    b: number,
    i: number,
    listed: number,
    out: ImageSums,
  ): void {
    const { exports } = this.kernel
    const { angles, counts } = this.layout
    const z = this.components.pointer + 4 * b * this.length
    const cellBytes = 16 * this.length
    exports.scoreCells(z, this.counts.pointer, counts.length, this.slices.pointer, cellBytes, this.bias.pointer, this.cells.pointer, listed, angles, this.roots.pointer, this.work.pointer, this.scores.pointer, this.maxima.pointer)
    const top = exports.indexOfLargest(this.maxima.pointer, listed)
    const reference = this.maxima.data[top]!
    exports.weighCells(this.scores.pointer, this.maxima.pointer, listed, angles, reference, DEPTH, this.sums.pointer, this.result.pointer)
    const [total, spread] = new Float64Array(this.result.data.buffer, this.result.pointer, 2) as unknown as [number, number]
    out.totals.logLikelihood += reference + Math.log(total) - Math.log(angles)
    out.totals.entropy += Math.log(total) - spread / total
    const cells = integers(this.cells)
    const at = exports.indexOfLargest(this.scores.pointer + 32 * angles * top, 8 * angles)
    const lane = at % 8
    out.best.direction[i] = 4 * cells[top]! + (lane % 4)
    out.best.opposite[i] = lane >= 4 ? 1 : 0
    out.best.angle[i] = Math.floor(at / 8)
    out.best.probability[i] = 1 / total
    exports.gatherCells(z, this.counts.pointer, counts.length, cellBytes, this.cells.pointer, listed, this.sums.pointer, 1 / total, LEAST, angles, this.roots.pointer, this.work.pointer, this.scores.pointer, this.numerators.pointer, this.weights.pointer)
    const shares = this.shares
    let most = 0
    for (let k = 0; k < listed; k++) {
      let share = 0
      for (let lane = 0; lane < 8; lane++) share += this.sums.data[8 * k + lane]!
      shares[k] = share / total
      most = Math.max(most, shares[k]!)
    }
    const least = Math.min(KEPT, KEPT_OF_BEST * most)
    for (let k = 0; k < listed; k++) if (shares[k]! >= least) out.kept.cells.push(cells[k]!)
    out.kept.start[i + 1] = out.kept.cells.length
  }
}

function fillList(list: Int32Array, candidates: CellLists | undefined, image: number, cellCount: number): number {
  if (!candidates) {
    for (let k = 0; k < cellCount; k++) list[k] = k
    return cellCount
  }
  const part = candidates.cells.subarray(candidates.start[image]!, candidates.start[image + 1]!)
  list.set(part)
  return part.length
}

export function integers(block: Block): Int32Array {
  return new Int32Array(block.data.buffer, block.pointer, block.data.length)
}

function offsetsOf(counts: readonly number[]): number[] {
  let length = 0
  return counts.map((count, m) => {
    const offset = length
    length += m === 0 ? count : 2 * count
    return offset
  })
}
