import { kernelsBase64 } from './generated/kernels.ts'

/** What the compiled kernels (assembly/index.ts) export. Pointers are byte offsets into the kernel's memory. */
export interface KernelExports {
  multiply(
    a: number, lda: number, transposeA: number, b: number, ldb: number, transposeB: number, c: number, ldc: number,
    m: number, n: number, k: number, accumulate: number, scratch: number,
  ): void
  outerProducts(a: number, countI: number, b: number, countJ: number, q: number, out: number): void
  outerAdjoint(g: number, a: number, ga: number, countI: number, b: number, gb: number, countJ: number, q: number): void
  weightedPair(z: number, count: number, s: number, t: number, q: number, out: number): void
  weightedPairAdjoint(g: number, z: number, gz: number, count: number, s: number, gs: number, t: number, gt: number, q: number): void
  bispectrum(a: number, countI: number, b: number, countJ: number, c: number, countK: number, q: number, scratch: number, out: number): void
  transformRows(re: number, im: number, n: number, rows: number, roots: number, scratch: number): void
  transformColumns(re: number, im: number, n: number, stride: number, count: number, roots: number, scratch: number): void
  scaleInPlace(data: number, count: number, factor: number): void
  sliceVolume(
    volumeRe: number, volumeIm: number, nx: number, ny: number, centre: number, points: number, count: number,
    xu: number, yu: number, zu: number, xv: number, yv: number, zv: number,
    table: number, steps: number, outRe: number, outIm: number,
  ): void
  allFinite(data: number, count: number): number
  addPixels(data: number, count: number, images: number, sum: number, power: number): void
  foldDisc(
    image: number, n: number, centre: number, widths: number, rows: number,
    evenEven: number, oddOdd: number, oddEven: number, evenOdd: number,
  ): void
  packPair(
    aRe: number, aIm: number, bRe: number, bIm: number, factors: number, places: number, mirrors: number, count: number,
    planeRe: number, planeIm: number,
  ): void
  scoreCells(
    z: number, counts: number, orders: number, slices: number, cellBytes: number, bias: number, cells: number, cellCount: number,
    n: number, roots: number, work: number, scores: number, maxima: number,
  ): void
  weighCells(scores: number, maxima: number, cellCount: number, n: number, reference: number, depth: number, sums: number, result: number): void
  indexOfLargest(data: number, count: number): number
  gatherCells(
    z: number, counts: number, orders: number, cellBytes: number, cells: number, cellCount: number, sums: number, scale: number, least: number,
    n: number, roots: number, work: number, scores: number, numerators: number, weights: number,
  ): void
}

/** A float32 block that lives in the kernel's memory: its view, and where it starts (bytes). */
export interface Block {
  readonly pointer: number
  readonly data: Float32Array
}

const MULTIPLY_SCRATCH = 256 * 512 + 256 * 4 + 32
const FIRST_FREE = 65536
let compiled: WebAssembly.Module | undefined

function compile(): WebAssembly.Module {
  if (!compiled) {
    const text = atob(kernelsBase64)
    const bytes = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
    compiled = new WebAssembly.Module(bytes)
  }
  return compiled
}

/**
 * One instance of the SIMD kernels with a memory of its own and a bump allocator. The memory is fixed in size (growing
 * it would detach every view); untouched pages cost nothing.
 */
export class Kernel {
  readonly exports: KernelExports
  private readonly memory: WebAssembly.Memory
  private readonly scratch: number
  private top = FIRST_FREE

  /** @param capacity bytes that blocks may take together */
  constructor(capacity: number) {
    const pages = Math.ceil((capacity + MULTIPLY_SCRATCH * 4 + FIRST_FREE) / 65536) + 4
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    const instance = new WebAssembly.Instance(compile(), { env: { memory: this.memory, abort: () => undefined } })
    this.exports = instance.exports as unknown as KernelExports
    this.scratch = this.allocate(MULTIPLY_SCRATCH).pointer
  }

  /** A zeroed block of `count` floats, 16-byte aligned. Throws RangeError when the capacity is used up. */
  allocate(count: number): Block {
    const pointer = this.top
    const end = pointer + Math.ceil((count * 4) / 16) * 16
    if (end > this.memory.buffer.byteLength) throw new RangeError(`kernel memory: ${end} bytes asked for, ${this.memory.buffer.byteLength} there`)
    this.top = end
    return { pointer, data: new Float32Array(this.memory.buffer, pointer, count).fill(0) }
  }

  /** The same 16-byte aligned memory as another kind of numbers: `count` float64 or int32 in a block allocated for it. */
  view64(block: Block, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, block.pointer, count)
  }

  viewIntegers(block: Block, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, block.pointer, count)
  }

  /** Where the allocator stands; give it to `release` to free everything allocated since. */
  mark(): number {
    return this.top
  }

  release(mark: number): void {
    this.top = mark
  }

  /**
   * C (+)= op(A) op(B) for row-major float32 blocks; op(A) is m x k, op(B) is k x n.
   * `offset` and `stride` (leading dimension) are in floats.
   */
  multiply(a: Operand, b: Operand, c: Operand, shape: { m: number; n: number; k: number; accumulate?: boolean }): void {
    this.exports.multiply(
      a.block.pointer + 4 * (a.offset ?? 0), a.stride, a.transposed ? 1 : 0,
      b.block.pointer + 4 * (b.offset ?? 0), b.stride, b.transposed ? 1 : 0,
      c.block.pointer + 4 * (c.offset ?? 0), c.stride,
      shape.m, shape.n, shape.k, shape.accumulate ? 1 : 0, this.scratch,
    )
  }
}

export interface Operand {
  readonly block: Block
  readonly stride: number
  readonly offset?: number
  readonly transposed?: boolean
}
