import type { Block, Kernel } from './kernel.ts'

export interface TransformOptions {
  /** The inverse, with 1/n^2 or 1/n^3 unless `unscaled`. */
  readonly inverse?: boolean
  readonly unscaled?: boolean
}

/**
 * Float32 Fourier transforms of one size (any size) on blocks of one kernel, real and imaginary part apart, in place;
 * the same definitions as `#core/math/fft.ts`. Fast for sizes with factors 2, 3, 5 and 7; prime factors cost their square.
 */
export class FourierPlan {
  readonly size: number
  private readonly kernel: Kernel
  private readonly roots: Block
  private readonly scratch: Block

  /** Takes about 26 size floats of the kernel's memory. */
  constructor(kernel: Kernel, size: number) {
    this.kernel = kernel
    this.size = size
    this.roots = kernel.allocate(2 * size)
    this.scratch = kernel.allocate(24 * size + 64)
    for (let i = 0; i < size; i++) {
      this.roots.data[2 * i] = Math.cos((2 * Math.PI * i) / size)
      this.roots.data[2 * i + 1] = -Math.sin((2 * Math.PI * i) / size)
    }
  }

  /** `count` images of size x size, one after the other. */
  transform2(re: Block, im: Block, count = 1, options: TransformOptions = {}): void {
    const n = this.size
    const [a, b] = options.inverse ? [im.pointer, re.pointer] : [re.pointer, im.pointer]
    this.rows(a, b, n * count)
    for (let i = 0; i < count; i++) this.columns(a + 4 * i * n * n, b + 4 * i * n * n, n, n)
    if (options.inverse && !options.unscaled) this.scale(re, im, count * n * n, 1 / (n * n))
  }

  /** A cube. */
  transform3(re: Block, im: Block, options: TransformOptions = {}): void {
    const n = this.size
    const [a, b] = options.inverse ? [im.pointer, re.pointer] : [re.pointer, im.pointer]
    this.rows(a, b, n * n)
    for (let z = 0; z < n; z++) this.columns(a + 4 * z * n * n, b + 4 * z * n * n, n, n)
    this.columns(a, b, n * n, n * n)
    if (options.inverse && !options.unscaled) this.scale(re, im, n ** 3, 1 / n ** 3)
  }

  private rows(re: number, im: number, count: number): void {
    this.kernel.exports.transformRows(re, im, this.size, count, this.roots.pointer, this.scratch.pointer)
  }

  private columns(re: number, im: number, stride: number, count: number): void {
    this.kernel.exports.transformColumns(re, im, this.size, stride, count, this.roots.pointer, this.scratch.pointer)
  }

  private scale(re: Block, im: Block, count: number, factor: number): void {
    this.kernel.exports.scaleInPlace(re.pointer, count, factor)
    this.kernel.exports.scaleInPlace(im.pointer, count, factor)
  }
}
