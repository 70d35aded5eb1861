import { requireShape } from '../error.ts'
import { factorize, stockham, type StockhamPlan } from './stockham.ts'

// Prime factors up to this are transformed directly; larger ones by a chirp convolution.
const LARGEST_DIRECT_FACTOR = 50

/**
 * Discrete Fourier transform of one size, any size, float64, real and imaginary part in arrays of their own.
 * forward: `X[h] = sum_i x[i] exp(-2 pi i h i / n)`; inverse has `+` and `1/n`. Mixed radix 2, 3, 4, 5 and any odd prime
 * up to 50 (Stockham autosort), Bluestein's chirp convolution beyond that.
 */
export class Fft {
  readonly size: number
  private readonly plan: StockhamPlan | undefined
  private readonly chirp: ChirpPlan | undefined
  private readonly lineRe: Float64Array
  private readonly lineIm: Float64Array
  private readonly workRe: Float64Array
  private readonly workIm: Float64Array

  constructor(size: number) {
    requireShape(Number.isInteger(size) && size >= 1, () => `a Fourier transform needs a size of 1 or more, found ${size}`)
    this.size = size
    const factors = factorize(size)
    const direct = factors.every((factor) => factor <= LARGEST_DIRECT_FACTOR)
    this.plan = direct ? makePlan(size, factors) : undefined
    this.chirp = direct ? undefined : makeChirp(size)
    const length = this.chirp?.fft.size ?? size
    this.lineRe = new Float64Array(length)
    this.lineIm = new Float64Array(length)
    this.workRe = new Float64Array(length)
    this.workIm = new Float64Array(length)
  }

  /** Transforms `size` elements from `offset`, `stride` apart, in place. */
  forward(re: Float64Array, im: Float64Array, offset = 0, stride = 1): void {
    this.transform(re, im, offset, stride, 1)
  }

  /** The inverse of `forward` (it divides by n). */
  inverse(re: Float64Array, im: Float64Array, offset = 0, stride = 1): void {
    // Exchanging the parts before and after conjugates the kernel.
    this.transform(im, re, offset, stride, 1 / this.size)
  }

  private transform(re: Float64Array, im: Float64Array, offset: number, stride: number, scale: number): void {
    const { size, lineRe, lineIm } = this
    for (let i = 0, p = offset; i < size; i++, p += stride) {
      lineRe[i] = re[p]!
      lineIm[i] = im[p]!
    }
    const inWork = this.plan ? stockham(this.plan, lineRe, lineIm, this.workRe, this.workIm) : this.convolve()
    const outRe = inWork ? this.workRe : lineRe
    const outIm = inWork ? this.workIm : lineIm
    for (let i = 0, p = offset; i < size; i++, p += stride) {
      re[p] = outRe[i]! * scale
      im[p] = outIm[i]! * scale
    }
  }

  // Bluestein (1970): h i = (h^2 + i^2 - (h - i)^2) / 2 turns the transform into a convolution with a chirp.
  private convolve(): boolean {
    const { size, lineRe, lineIm } = this
    const { fft, re, im, kernelRe, kernelIm } = this.chirp!
    for (let i = 0; i < size; i++) multiplyAt(lineRe, lineIm, i, re[i]!, im[i]!)
    lineRe.fill(0, size)
    lineIm.fill(0, size)
    fft.forward(lineRe, lineIm)
    for (let i = 0; i < fft.size; i++) multiplyAt(lineRe, lineIm, i, kernelRe[i]!, kernelIm[i]!)
    fft.inverse(lineRe, lineIm)
    for (let i = 0; i < size; i++) multiplyAt(lineRe, lineIm, i, re[i]!, im[i]!)
    return false
  }
}

interface ChirpPlan {
  readonly fft: Fft
  readonly re: Float64Array
  readonly im: Float64Array
  readonly kernelRe: Float64Array
  readonly kernelIm: Float64Array
}

function makeChirp(size: number): ChirpPlan {
  const fft = new Fft(2 ** Math.ceil(Math.log2(2 * size - 1)))
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  const kernelRe = new Float64Array(fft.size)
  const kernelIm = new Float64Array(fft.size)
  for (let i = 0; i < size; i++) {
    // i^2 modulo 2n keeps the angle small, hence exact.
    const angle = (Math.PI * ((i * i) % (2 * size))) / size
    re[i] = Math.cos(angle)
    im[i] = -Math.sin(angle)
    const mirror = (fft.size - i) % fft.size
    kernelRe[i] = kernelRe[mirror] = re[i]!
    kernelIm[i] = kernelIm[mirror] = -im[i]!
  }
  fft.forward(kernelRe, kernelIm)
  return { fft, re, im, kernelRe, kernelIm }
}

function makePlan(size: number, factors: readonly number[]): StockhamPlan {
  const cos = new Float64Array(size)
  const sin = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    cos[i] = Math.cos((2 * Math.PI * i) / size)
    sin[i] = -Math.sin((2 * Math.PI * i) / size)
  }
  return { size, factors, cos, sin }
}

function multiplyAt(re: Float64Array, im: Float64Array, i: number, cr: number, ci: number): void {
  const a = re[i]!
  const b = im[i]!
  re[i] = a * cr - b * ci
  im[i] = a * ci + b * cr
}

const plans = new Map<number, Fft>()

/** The transform of a size, kept for the next caller (not for use in two calculations at once). */
export function fftOfSize(size: number): Fft {
  let fft = plans.get(size)
  if (!fft) plans.set(size, (fft = new Fft(size)))
  return fft
}

export type FftDirection = 'forward' | 'inverse'

/** 2-D transform of a size x size image, in place. */
export function fft2(re: Float64Array, im: Float64Array, size: number, direction: FftDirection = 'forward'): void {
  requireShape(re.length === size * size && im.length === size * size, () => `a ${size} x ${size} transform needs ${size * size} values, found ${re.length} and ${im.length}`)
  const fft = fftOfSize(size)
  for (let y = 0; y < size; y++) fft[direction](re, im, y * size, 1)
  for (let x = 0; x < size; x++) fft[direction](re, im, x, size)
}

/** 3-D transform of a cube, in place. */
export function fft3(re: Float64Array, im: Float64Array, size: number, direction: FftDirection = 'forward'): void {
  const area = size * size
  requireShape(re.length === area * size && im.length === area * size, () => `a ${size}^3 transform needs ${area * size} values, found ${re.length} and ${im.length}`)
  const fft = fftOfSize(size)
  for (let row = 0; row < area; row++) fft[direction](re, im, row * size, 1)
  for (let z = 0; z < size; z++) for (let x = 0; x < size; x++) fft[direction](re, im, z * area + x, size)
  for (let column = 0; column < area; column++) fft[direction](re, im, column, area)
}

/** The smallest even size >= `least` whose prime factors are 2, 3, 5 and 7: fast to transform. */
export function fastEvenSize(least: number): number {
  for (let size = Math.max(2, 2 * Math.ceil(least / 2)); ; size += 2) {
    if (factorize(size).every((factor) => factor <= 7)) return size
  }
}

/** Signed frequency of index i in a transform of size n: 0, 1, ..., then negative ones; n/2 of an even n is -n/2. */
export function signedFrequency(index: number, size: number): number {
  return index < Math.ceil(size / 2) ? index : index - size
}
