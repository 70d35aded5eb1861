import type { CartesianGrid, CartesianSums } from '#core/moments/cartesian.ts'
import { requireShape } from '#core/error.ts'
import type { Block, Kernel } from '#kernel/kernel.ts'

/** Rows of the second moment that one product makes. */
const ROWS = 128

/**
 * Adds images to Cartesian sums: the DFT as two small matrix products per image (cosines and sines along x, then y),
 * the second moment as products of the batch with itself, lower triangle only; float32 within a batch, float64 between.
 * Equals `cartesianSample` (tested). Images
 * that are not finite are skipped.
 */
export class CartesianAccumulator {
  readonly batch: number
  private readonly kernel: Kernel
  private readonly grid: CartesianGrid
  private readonly staged: Block
  /** n x 2 (reach + 1): cosines, then sines, of h x. */
  private readonly waves: Block
  private readonly alongX: Block
  private readonly alongBoth: Block
  private readonly samples: Block
  private readonly gram: Block

  constructor(kernel: Kernel, grid: CartesianGrid, batch = 256) {
    this.kernel = kernel
    this.grid = grid
    this.batch = batch
    const n = grid.boxSize
    const width = waveCount(grid)
    this.staged = kernel.allocate(n * n)
    this.waves = kernel.allocate(n * width)
    this.alongX = kernel.allocate(n * width)
    this.alongBoth = kernel.allocate(width * width)
    this.samples = kernel.allocate(batch * grid.dimension)
    this.gram = kernel.allocate(ROWS * grid.dimension)
    for (let x = 0; x < n; x++) {
      for (let h = 0; h < width / 2; h++) {
        const phase = (2 * Math.PI * h * (x - Math.floor(n / 2))) / n
        this.waves.data[x * width + h] = Math.cos(phase)
        this.waves.data[x * width + width / 2 + h] = Math.sin(phase)
      }
    }
  }

  /** Adds the images of the indices in `chosen` (at most `batch`) to `sums`. */
  add(images: Float32Array, chosen: ArrayLike<number>, sums: CartesianSums): void {
    requireShape(chosen.length <= this.batch, () => `${chosen.length} images do not fit a batch of ${this.batch}`)
    const { kernel, grid, staged, samples } = this
    const pixels = grid.boxSize ** 2
    const { dimension } = grid
    let kept = 0
    for (let k = 0; k < chosen.length; k++) {
      staged.data.set(images.subarray(chosen[k]! * pixels, (chosen[k]! + 1) * pixels))
      if (!kernel.exports.allFinite(staged.pointer, pixels)) continue
      this.sample(samples.data.subarray(kept * dimension, (kept + 1) * dimension))
      for (let i = 0; i < dimension; i++) sums.first[i]! += samples.data[kept * dimension + i]!
      kept++
    }
    if (kept === 0) return
    for (let row = 0; row < dimension; row += ROWS) {
      const rows = Math.min(ROWS, dimension - row)
      const columns = row + rows
      kernel.multiply(
        { block: samples, stride: dimension, offset: row, transposed: true },
        { block: samples, stride: dimension },
        { block: this.gram, stride: columns },
        { m: rows, n: columns, k: kept },
      )
      for (let i = 0; i < rows; i++) {
        const to = ((row + i) * (row + i + 1)) / 2
        for (let j = 0; j <= row + i; j++) sums.second[to + j]! += this.gram.data[i * columns + j]!
      }
    }
    sums.imageCount += kept
  }

  // I^(h, l) = sum_y e^{-ily} (C_h(y) - i S_h(y)), C and S the cosine and sine sums along x.
  private sample(out: Float32Array): void {
    const { kernel, grid, staged, waves, alongX, alongBoth } = this
    const n = grid.boxSize
    const width = waveCount(grid)
    const sines = width / 2
    kernel.multiply({ block: staged, stride: n }, { block: waves, stride: width }, { block: alongX, stride: width }, { m: n, n: width, k: n })
    kernel.multiply({ block: waves, stride: width, transposed: true }, { block: alongX, stride: width }, { block: alongBoth, stride: width }, { m: width, n: width, k: n })
    const both = alongBoth.data
    out[0] = both[0]!
    for (let i = 0; i < grid.half; i++) {
      const h = grid.halfPlane[2 * i]!
      const l = grid.halfPlane[2 * i + 1]!
      const sign = l < 0 ? -1 : 1
      const cosine = sign * l * width
      const sine = (sines + sign * l) * width
      out[1 + i] = both[cosine + h]! - sign * both[sine + sines + h]!
      out[1 + grid.half + i] = -(sign * both[sine + h]! + both[cosine + sines + h]!)
    }
  }
}

/** Bytes of kernel memory that an accumulator of this grid takes. */
export function cartesianBytes(grid: CartesianGrid, batch = 256): number {
  const n = grid.boxSize
  const width = waveCount(grid)
  return 4 * (n * n + 2 * n * width + width * width + (batch + ROWS) * grid.dimension) + 1e5
}

function waveCount(grid: CartesianGrid): number {
  return 2 * (Math.floor(grid.form.radius) + 1)
}
