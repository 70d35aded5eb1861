import type { SteerableBasis } from '#core/basis/steerable.ts'
import { requireShape } from '#core/error.ts'
import { thirdPairs, type ComplexBlock } from '#core/moments/component-moments.ts'
import type { MomentSums } from '#core/moments/moment-sums.ts'
import type { Block, Kernel } from '#kernel/kernel.ts'
import { ImageTransform } from '../steerable/image-transform.ts'

export interface AccumulatorOptions {
  readonly basis: SteerableBasis
  /** Third-moment basis and the projection onto it (`bandProjection`), when the third moment is taken. */
  readonly third?: { readonly basis: SteerableBasis; readonly projection: readonly Float64Array[] }
  /** Images a batch; a multiple of 4. */
  readonly batch?: number
}

/**
 * Adds images to moment sums: coefficients by one transform, second moments and third moments by matrix products, in
 * float32 within a batch and float64 between batches. Non-finite images are skipped and counted.
 */
export class MomentAccumulator {
  readonly batch: number
  private readonly kernel: Kernel
  private readonly basis: SteerableBasis
  private readonly third: AccumulatorOptions['third']
  private readonly transform: ImageTransform
  private readonly staged: Block
  private readonly pixelBlock: Block
  /** Sum, then power, of every pixel over a batch. */
  private readonly pixelSums: Float64Array
  private readonly coefficients: Block
  private readonly gram: Block
  private readonly narrow: readonly { readonly projection: Block; readonly rows: Block }[]
  private readonly product: Block | undefined
  private readonly moment: Block | undefined

  constructor(kernel: Kernel, options: AccumulatorOptions) {
    const { basis, third } = options
    this.batch = options.batch ?? 256
    this.kernel = kernel
    this.basis = basis
    this.third = third
    this.transform = new ImageTransform(kernel, basis, this.batch)
    this.staged = kernel.allocate(this.batch * basis.boxSize ** 2)
    this.pixelBlock = kernel.allocate(4 * basis.boxSize ** 2)
    this.pixelSums = kernel.view64(this.pixelBlock, 2 * basis.boxSize ** 2)
    this.coefficients = kernel.allocate(this.batch * basis.length)
    this.gram = kernel.allocate((2 * Math.max(...basis.counts)) ** 2)
    this.narrow = (third?.basis.counts ?? []).map((count, m) => {
      const projection = kernel.allocate(count * basis.counts[m]!)
      projection.data.set(third!.projection[m]!)
      return { projection, rows: kernel.allocate(count * 2 * this.batch) }
    })
    if (third) {
      const { counts } = third.basis
      const pairs = thirdPairs(counts.length - 1)
      this.product = kernel.allocate(2 * this.batch)
      this.moment = kernel.allocate(Math.max(...pairs.map(({ i, j }) => counts[i]! * counts[j]! * 2 * counts[i + j]!)))
    }
  }

  /**
   * Adds images to `sums`: the first `count` (at most `batch`) of `images`, or of the indices in `chosen` when it is
   * given. Returns how many were skipped as not finite. `pixelImages`: other images (of the same numbers) for the sums over pixels.
   */
  add(images: Float32Array, count: number, sums: MomentSums, chosen?: ArrayLike<number>, pixelImages?: Float32Array): number {
    const { kernel, staged } = this
    const pixels = this.basis.boxSize ** 2
    requireShape(count <= this.batch, () => `${count} images do not fit a batch of ${this.batch}`)
    let kept = 0
    this.pixelSums.fill(0)
    for (let k = 0; k < count; k++) {
      const i = chosen ? chosen[k]! : k
      staged.data.set(images.subarray(i * pixels, (i + 1) * pixels), kept * pixels)
      if (kernel.exports.allFinite(staged.pointer + 4 * kept * pixels, pixels)) kept++
    }
    if (kept === 0) return count
    if (pixelImages) this.addPixelSums(pixelImages, count, chosen)
    else kernel.exports.addPixels(staged.pointer, pixels, kept, this.pixelBlock.pointer, this.pixelBlock.pointer + 8 * pixels)
    for (let p = 0; p < pixels; p++) {
      sums.pixelSum[p]! += this.pixelSums[p]!
      sums.pixelPower[p]! += this.pixelSums[pixels + p]!
    }
    this.transform.apply(staged, kept, this.coefficients.data)
    this.addFirstAndSecond(kept, sums)
    if (this.third) this.addThird(kept, sums)
    sums.imageCount += kept
    return count - kept
  }

  private addPixelSums(images: Float32Array, count: number, chosen: ArrayLike<number> | undefined): void {
    const pixels = this.basis.boxSize ** 2
    for (let k = 0; k < count; k++) {
      const at = (chosen ? chosen[k]! : k) * pixels
      for (let p = 0; p < pixels; p++) {
        const value = images[at + p]!
        this.pixelSums[p]! += value
        this.pixelSums[pixels + p]! += value * value
      }
    }
  }

  private addFirstAndSecond(count: number, sums: MomentSums): void {
    const { basis, kernel } = this
    const data = this.coefficients.data
    const zeroth = basis.counts[0]!
    for (let i = 0; i < count; i++) for (let p = 0; p < zeroth; p++) sums.first[p]! += data[i * basis.length + p]!
    basis.counts.forEach((d, m) => {
      const width = m === 0 ? d : 2 * d
      const columns = { block: this.coefficients, stride: basis.length, offset: basis.offsets[m]! }
      kernel.multiply({ ...columns, transposed: true }, columns, { block: this.gram, stride: width }, { m: width, n: width, k: count })
      const g = this.gram.data
      const { re, im } = sums.second[m]!
      for (let p = 0; p < d; p++) {
        for (let q = 0; q < d; q++) {
          const at = p * d + q
          re[at]! += m === 0 ? g[p * width + q]! : g[p * width + q]! + g[(d + p) * width + d + q]!
          // y_p conj y_q: imaginary part im_p re_q - re_p im_q
          if (m > 0) im[at]! += g[(d + p) * width + q]! - g[p * width + d + q]!
        }
      }
    })
  }

  private addThird(count: number, sums: MomentSums): void {
    const { kernel, basis, narrow } = this
    const { counts } = this.third!.basis
    const batch = Math.ceil(count / 4) * 4
    const stride = 2 * batch
    this.coefficients.data.fill(0, count * basis.length, batch * basis.length)
    narrow.forEach(({ projection, rows }, m) => {
      const full = basis.counts[m]!
      // Order 0 is real; the row length follows the batch, so another batch's values may stand where its zeros belong.
      if (m === 0) rows.data.fill(0)
      for (const part of m === 0 ? [0] : [0, 1]) {
        kernel.multiply(
          { block: projection, stride: full },
          { block: this.coefficients, stride: basis.length, offset: basis.offsets[m]! + part * full, transposed: true },
          { block: rows, stride, offset: part * batch },
          { m: counts[m]!, n: batch, k: full },
        )
      }
    })
    thirdPairs(counts.length - 1).forEach(({ i, j }, index) => {
      const height = counts[i]! * counts[j]!
      const width = counts[i + j]!
      kernel.exports.bispectrum(
        narrow[i]!.rows.pointer, counts[i]!, narrow[j]!.rows.pointer, counts[j]!, narrow[i + j]!.rows.pointer, width,
        batch, this.product!.pointer, this.moment!.pointer,
      )
      addInterleaved(sums.third[index]!, this.moment!.data, height, width)
    })
  }
}

/** Bytes of kernel memory that an accumulator of these options takes. */
export function accumulatorBytes({ basis, third, batch = 256 }: AccumulatorOptions): number {
  const pixels = basis.boxSize ** 2
  const quarter = (Math.floor(basis.radius) + 1) ** 2
  let floats = quarter * (basis.length + 4 * batch) + 4 * pixels + batch * (2 * basis.length + pixels) + (2 * Math.max(...basis.counts)) ** 2
  if (third) {
    const { counts } = third.basis
    counts.forEach((count, m) => (floats += count * (basis.counts[m]! + 2 * batch)))
    const pairs = thirdPairs(counts.length - 1)
    floats += 2 * batch + Math.max(...pairs.map(({ i, j }) => counts[i]! * counts[j]! * 2 * counts[i + j]!))
  }
  return 4 * floats + 1e5
}

// rows x [columns real | columns imaginary] into separate parts
function addInterleaved(target: ComplexBlock, source: Float32Array, rows: number, columns: number): void {
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < columns; b++) {
      target.re[a * columns + b]! += source[a * 2 * columns + b]!
      target.im[a * columns + b]! += source[a * 2 * columns + columns + b]!
    }
  }
}
