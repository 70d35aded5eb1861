import type { SteerableBasis } from '../basis/steerable.ts'
import { requireShape } from '../error.ts'
import { thirdPairs, type ComplexBlock } from './component-moments.ts'

/**
 * Plain sums over a set of images, from which every moment estimate is made; adding two gives the sums of both sets.
 * Coefficients are those of a `SteerableBasis` (not yet divided by the noise), third moments those of a narrower one.
 */
export interface MomentSums {
  imageCount: number
  /** sum y_0: counts[0] */
  readonly first: Float64Array
  /** Per m: sum y_m y_m^*, counts[m] x counts[m] */
  readonly second: readonly ComplexBlock[]
  /** Per pair (i, j) of the narrower basis: sum u_i (x) u_j (x) conj u_{i+j}; empty when not taken */
  readonly third: readonly ComplexBlock[]
  /** Per pixel: sum I and sum I^2, boxSize^2 each */
  readonly pixelSum: Float64Array
  readonly pixelPower: Float64Array
}

/** Sums of no images. */
export function emptySums(basis: SteerableBasis, thirdCounts: readonly number[] | undefined): MomentSums {
  return {
    imageCount: 0,
    first: new Float64Array(basis.counts[0]!),
    second: basis.counts.map((count) => emptyBlock(count * count)),
    third: thirdCounts ? thirdPairs(thirdCounts.length - 1).map(({ i, j }) => emptyBlock(thirdCounts[i]! * thirdCounts[j]! * thirdCounts[i + j]!)) : [],
    pixelSum: new Float64Array(basis.boxSize ** 2),
    pixelPower: new Float64Array(basis.boxSize ** 2),
  }
}

function emptyBlock(size: number): ComplexBlock {
  return { re: new Float64Array(size), im: new Float64Array(size) }
}

/** Adds `source` into `target`. */
export function addSums(target: MomentSums, source: MomentSums): void {
  target.imageCount += source.imageCount
  add(target.first, source.first)
  requireShape(target.second.length === source.second.length && target.third.length === source.third.length, () => 'moment sums of different bases cannot be added')
  target.second.forEach((block, m) => addBlock(block, source.second[m]!))
  target.third.forEach((block, index) => addBlock(block, source.third[index]!))
  add(target.pixelSum, source.pixelSum)
  add(target.pixelPower, source.pixelPower)
}

function addBlock(target: ComplexBlock, source: ComplexBlock): void {
  add(target.re, source.re)
  add(target.im, source.im)
}

function add(target: Float64Array, source: Float64Array): void {
  requireShape(target.length === source.length, () => `sums of ${target.length} and ${source.length} numbers cannot be added`)
  for (let i = 0; i < target.length; i++) target[i]! += source[i]!
}

/**
 * White-noise variance per pixel from the pixels farther than `radius` from the centre: mean square minus squared mean
 * there. Shape: a number; NaN when the disc leaves no pixel.
 */
export function backgroundVariance(sums: MomentSums, boxSize: number, radius: number): number {
  const centre = Math.floor(boxSize / 2)
  let count = 0
  let sum = 0
  let power = 0
  for (let y = 0; y < boxSize; y++) {
    for (let x = 0; x < boxSize; x++) {
      if ((x - centre) ** 2 + (y - centre) ** 2 <= radius * radius) continue
      count++
      sum += sums.pixelSum[y * boxSize + x]!
      power += sums.pixelPower[y * boxSize + x]!
    }
  }
  const total = count * sums.imageCount
  return total === 0 ? Number.NaN : power / total - (sum / total) ** 2
}
