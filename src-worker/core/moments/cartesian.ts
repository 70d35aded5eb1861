import { requireInput, requireShape } from '../error.ts'
import type { ComplexBlock } from './component-moments.ts'

/** Which Fourier points of the box: the full square without the Nyquist lines, or a disc of `radius` shells. */
export interface CartesianForm {
  readonly shape: 'square' | 'disc'
  /** Shells; for a square the largest index, floor((boxSize - 1) / 2). */
  readonly radius: number
}

/**
 * The points `k = 2 pi (h, l) / n` of the paper's K2 x K2 form. Images are real, `I^(-k) = conj I^(k)`, so a half plane
 * (h > 0, or h = 0 and l > 0) and the origin hold everything: `dimension` real numbers, as many as there are points.
 */
export interface CartesianGrid {
  readonly boxSize: number
  readonly form: CartesianForm
  /** (h, l) of the half plane, 2 x half. Real vector: the origin, then every real part, then every imaginary part. */
  readonly halfPlane: Int32Array
  readonly half: number
  readonly dimension: number
}

/** Sums of no, one or many images in the real numbers of a grid. */
export interface CartesianSums {
  imageCount: number
  readonly first: Float64Array
  /** Lower triangle, row by row: entry (i, j <= i) at i (i + 1) / 2 + j. */
  readonly second: Float64Array
}

/** Debiased moments at every point of a grid, the origin first, then the half plane, then its opposite points. */
export interface CartesianMoments {
  /** (h, l), 2 x count */
  readonly points: Int32Array
  readonly first: ComplexBlock
  /** `E I^(k) conj I^(k') - noise`, count x count, row-major. */
  readonly second: ComplexBlock
}

/** The full second moment has boxSize^4 numbers: beyond this it no longer fits. */
export const LARGEST_CARTESIAN_BOX = 64

/** Points of a form; errors: a box above 64 px, a disc that leaves the box. */
export function cartesianGrid(boxSize: number, form: CartesianForm): CartesianGrid {
  const largest = Math.floor((boxSize - 1) / 2)
  requireInput(boxSize <= LARGEST_CARTESIAN_BOX, () => `Cartesian moments of a box of ${boxSize} px do not fit, expected at most ${LARGEST_CARTESIAN_BOX} px`, { found: boxSize })
  requireInput(form.radius >= 1 && form.radius <= largest, () => `the Cartesian moments' radius is ${form.radius} shells, expected 1 to ${largest} for a box of ${boxSize} px`, { found: form.radius })
  const reach = Math.floor(form.radius)
  const points: number[] = []
  for (let h = 0; h <= reach; h++) {
    for (let l = -reach; l <= reach; l++) {
      if (h === 0 && l <= 0) continue
      if (form.shape === 'disc' && h * h + l * l > form.radius ** 2) continue
      points.push(h, l)
    }
  }
  return { boxSize, form, halfPlane: Int32Array.from(points), half: points.length / 2, dimension: points.length + 1 }
}

/** `I^(k) = sum_x I(x) exp(-i k.x)`, x from the centre, no scale, as the grid's real vector: the reference, by plain sums. */
export function cartesianSample(grid: CartesianGrid, image: ArrayLike<number>): Float64Array {
  const { boxSize, half, halfPlane } = grid
  const centre = Math.floor(boxSize / 2)
  const out = new Float64Array(grid.dimension)
  for (let y = 0; y < boxSize; y++) {
    for (let x = 0; x < boxSize; x++) {
      const value = image[y * boxSize + x]!
      out[0]! += value
      for (let i = 0; i < half; i++) {
        const phase = (2 * Math.PI * (halfPlane[2 * i]! * (x - centre) + halfPlane[2 * i + 1]! * (y - centre))) / boxSize
        out[1 + i]! += value * Math.cos(phase)
        out[1 + half + i]! -= value * Math.sin(phase)
      }
    }
  }
  return out
}

/** Sums of no images. */
export function emptyCartesianSums({ dimension }: CartesianGrid): CartesianSums {
  return { imageCount: 0, first: new Float64Array(dimension), second: new Float64Array((dimension * (dimension + 1)) / 2) }
}

/** Adds `source` into `target`. */
export function addCartesianSums(target: CartesianSums, source: CartesianSums): void {
  requireShape(target.second.length === source.second.length, () => `Cartesian sums of ${target.first.length} and ${source.first.length} points cannot be added`)
  target.imageCount += source.imageCount
  for (let i = 0; i < target.first.length; i++) target.first[i]! += source.first[i]!
  for (let i = 0; i < target.second.length; i++) target.second[i]! += source.second[i]!
}

/**
 * `M1 = E I^(k)` and `M2(k, k') = E I^(k) conj I^(k') - sigma^2 n^2 delta(k, k')`: white noise of variance sigma^2 a pixel
 * has `E e^(k) conj e^(k') = sigma^2 F F^* = sigma^2 n^2 delta` in the unscaled DFT.
 * Source: the paper's eq. 20 with its conjugate restored (algorithms.md 3; pitfall 1).
 */
export function cartesianMoments(sums: CartesianSums, grid: CartesianGrid, noiseVariance: number): CartesianMoments {
  const { half, halfPlane, dimension: count, boxSize } = grid
  const n = sums.imageCount
  requireInput(n >= 1, () => 'moments of no images', { found: n })
  // Per point: where its real and imaginary part are (-1: none), and the sign of the imaginary part.
  const parts = Array.from({ length: count }, (_, k) => (k === 0 ? { re: 0, im: -1, sign: 0 } : k <= half ? { re: k, im: k + half, sign: 1 } : { re: k - half, im: k, sign: -1 }))
  const points = new Int32Array(2 * count)
  for (let i = 0; i < half; i++) {
    points.set([halfPlane[2 * i]!, halfPlane[2 * i + 1]!], 2 * (1 + i))
    points.set([-halfPlane[2 * i]!, -halfPlane[2 * i + 1]!], 2 * (1 + half + i))
  }
  const first = { re: Float64Array.from(parts, (p) => sums.first[p.re]! / n), im: Float64Array.from(parts, (p) => (p.im < 0 ? 0 : (p.sign * sums.first[p.im]!) / n)) }
  const second = { re: new Float64Array(count * count), im: new Float64Array(count * count) }
  const entry = (i: number, j: number): number => (i < 0 || j < 0 ? 0 : sums.second[i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i]! / n)
  parts.forEach((a, i) => {
    parts.forEach((b, j) => {
      second.re[i * count + j] = entry(a.re, b.re) + a.sign * b.sign * entry(a.im, b.im)
      second.im[i * count + j] = a.sign * entry(a.im, b.re) - b.sign * entry(a.re, b.im)
    })
    second.re[i * count + i]! -= noiseVariance * boxSize ** 2
  })
  return { points, first, second }
}

/**
 * `M2(k, k') = sum_m B_m(|k|, |k'|) exp(i m (phi - phi'))` from the blocks of angular frequencies m >= 0 at the radii
 * of the points (B_{-m} = conj B_m makes it real). Shape: count x count.
 * @param at per point: which radius of the blocks it has, and its angle phi
 * @param blocks per m: radii x radii, row-major
 */
export function secondFromBlocks(at: readonly { readonly radius: number; readonly angle: number }[], blocks: readonly ComplexBlock[]): Float64Array {
  const count = at.length
  const out = new Float64Array(count * count)
  const radii = Math.sqrt(blocks[0]!.re.length)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const entry = at[i]!.radius * radii + at[j]!.radius
      const angle = at[i]!.angle - at[j]!.angle
      let sum = blocks[0]!.re[entry]!
      for (let m = 1; m < blocks.length; m++) sum += 2 * (blocks[m]!.re[entry]! * Math.cos(m * angle) - blocks[m]!.im[entry]! * Math.sin(m * angle))
      out[i * count + j] = sum
    }
  }
  return out
}
