import { bandProjection, steerableBasis, type SteerableBasis } from '#core/basis/steerable.ts'
import { symmetricEigen } from '#core/math/symmetric-eigen.ts'
import { addThirdBias, thirdPairs, type ComplexBlock, type ComponentMoments } from '#core/moments/component-moments.ts'
import { momentDispersion } from '#core/moments/dispersion.ts'
import type { MomentSums } from '#core/moments/moment-sums.ts'

/** Moment sums with what is needed to read them. */
export interface MomentData {
  readonly basis: SteerableBasis
  /** Basis of the third moment, a narrower band of the same disc; absent when only M1 and M2 were taken. */
  readonly thirdBasis?: SteerableBasis
  readonly sums: MomentSums
  /** The same of disjoint parts of the images, to measure how much moments scatter. */
  readonly parts?: readonly MomentSums[]
  /** Noise variance per pixel. */
  readonly noiseVariance: number
  /** Per m, counts[m]^2: from coefficients of clean images to those that the sums are of (`effectiveMoments`); absent: the same. */
  readonly transfer?: readonly Float64Array[] | undefined
}

/** The components of one band, their moments, and how they come from image coefficients. */
export interface MomentStage {
  readonly maxFrequency: number
  readonly moments: ComponentMoments
  /** Per m: from coefficients of `data.basis` to components, 1/sigma included (count x basis.counts[m]). */
  readonly components: readonly { readonly count: number; readonly matrix: Float64Array }[]
  /** The same from coefficients of clean images, the transfer included: what a model of the volume's slices goes through. */
  readonly sliceComponents: readonly { readonly count: number; readonly matrix: Float64Array }[]
  /** The same from coefficients of `data.thirdBasis`; absent without the third moment. */
  readonly third?: ThirdSelection | undefined
  /** Signal-to-noise eigenvalues per m, descending. */
  readonly eigenvalues: readonly Float64Array[]
}

export interface StageOptions {
  /** Band limit of the stage, rad per voxel (at most that of the third basis when the third moment is used). */
  readonly maxFrequency: number
  /** Disc radius, voxels (at most the basis's). */
  readonly radius: number
  readonly third: boolean
  /** Keep components with a signal-to-noise eigenvalue above this; default 2 sqrt(dim / N), at least 1e-3. */
  readonly threshold?: number
}

/**
 * Noise-whitened steerable principal components of a band and their debiased moments (algorithms.md 8.2):
 * project on the band, divide by sigma, diagonalise the real part of the debiased second moment per angular frequency
 * and keep what stands above the noise. The rotation is real (w and -w together), so noise stays white and real.
 */
export function momentStage(data: MomentData, options: StageOptions): MomentStage {
  const { basis, thirdBasis, sums, noiseVariance } = data
  const low = steerableBasis({ boxSize: basis.boxSize, radius: options.radius, maxFrequency: options.maxFrequency })
  const useThird = options.third && thirdBasis !== undefined
  const onto = bandProjection(low, useThird ? thirdBasis : basis)
  const toThird = useThird ? bandProjection(thirdBasis, basis) : undefined
  const n = sums.imageCount
  const inverseSigma = 1 / Math.sqrt(noiseVariance)
  const components: { count: number; matrix: Float64Array }[] = []
  const narrow: Float64Array[] = []
  const eigenvalues: Float64Array[] = []
  for (let m = 0; m < onto.length; m++) {
    const rows = low.counts[m]!
    const inner = useThird ? thirdBasis.counts[m]! : basis.counts[m]!
    const full = basis.counts[m]!
    const band = toThird ? product(onto[m]!, toThird[m]!, { rows, inner, columns: full }) : onto[m]!
    const second = sandwich(sums.second[m]!.re, band, { rows, full, scale: 1 / (n * noiseVariance) })
    for (let p = 0; p < rows; p++) second[p * rows + p]! -= 1
    const { values, vectors } = symmetricEigen(second, rows)
    const threshold = options.threshold ?? Math.max(2 * Math.sqrt(rows / n), 1e-3)
    const below = values.findIndex((value) => value <= threshold)
    const count = below < 0 ? rows : below
    if (count === 0) break
    const kept = vectors.subarray(0, count * rows)
    components.push({ count, matrix: product(kept, band, { rows: count, inner: rows, columns: full }).map((x) => x * inverseSigma) })
    if (useThird) narrow.push(product(kept, onto[m]!, { rows: count, inner: rows, columns: inner }).map((x) => x * inverseSigma))
    eigenvalues.push(values.slice(0, count))
  }
  const selection = { basis, components, third: useThird ? { counts: thirdBasis.counts, matrices: narrow } : undefined }
  const plain = componentMoments(sums, selection)
  const parts = (data.parts ?? []).filter((part) => part.imageCount > 0).map((part) => componentMoments(part, selection))
  const moments = { ...plain, dispersion: momentDispersion(plain, parts) }
  const { transfer } = data
  const sliceComponents = !transfer ? components : components.map(({ count, matrix }, m) => ({ count, matrix: product(matrix, transfer[m]!, { rows: count, inner: basis.counts[m]!, columns: basis.counts[m]! }) }))
  return { maxFrequency: options.maxFrequency, moments, components, sliceComponents, third: selection.third, eigenvalues }
}

interface ThirdSelection {
  readonly counts: readonly number[]
  /** Per m, count x counts[m]. */
  readonly matrices: readonly Float64Array[]
}

interface Selection {
  readonly basis: SteerableBasis
  readonly components: readonly { readonly count: number; readonly matrix: Float64Array }[]
  readonly third?: ThirdSelection | undefined
}

/** Debiased moments of given components (for a half-set or a resampling: same components, other sums). */
export function componentMoments(sums: MomentSums, selection: Selection): ComponentMoments {
  const { basis, components, third } = selection
  const n = sums.imageCount
  const counts = components.map((c) => c.count)
  const first = new Float64Array(counts[0] ?? 0)
  for (let p = 0; p < first.length; p++) for (let a = 0; a < basis.counts[0]!; a++) first[p]! += (components[0]!.matrix[p * basis.counts[0]! + a]! * sums.first[a]!) / n
  const second = counts.map((rows, m) => {
    const shape = { rows, full: basis.counts[m]!, scale: 1 / n }
    const re = sandwich(sums.second[m]!.re, components[m]!.matrix, shape)
    for (let p = 0; p < rows; p++) re[p * rows + p]! -= 1
    return { re, im: sandwich(sums.second[m]!.im, components[m]!.matrix, shape) }
  })
  if (!third) return { counts, imageCount: n, first, second }
  const from = new Map(thirdPairs(third.counts.length - 1).map(({ i, j }, index) => [`${i},${j}`, index]))
  const blocks = thirdPairs(counts.length - 1).map((pair) => {
    const { i, j } = pair
    const source = sums.third[from.get(`${i},${j}`)!]!
    const shape = { a: counts[i]!, b: counts[j]!, c: counts[i + j]!, fullA: third.counts[i]!, fullB: third.counts[j]!, fullC: third.counts[i + j]!, scale: 1 / n }
    const matrices = [third.matrices[i]!, third.matrices[j]!, third.matrices[i + j]!] as const
    const block: ComplexBlock = { re: contract(source.re, matrices, shape), im: contract(source.im, matrices, shape) }
    addThirdBias(block, pair, { counts, first, scale: -1 })
    return block
  })
  return { counts, imageCount: n, first, second, third: blocks }
}

function product(a: Float64Array, b: Float64Array, shape: { rows: number; inner: number; columns: number }): Float64Array {
  const { rows, inner, columns } = shape
  const out = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const x = a[i * inner + k]!
      for (let j = 0; j < columns; j++) out[i * columns + j]! += x * b[k * columns + j]!
    }
  }
  return out
}

// scale * P S P^T
function sandwich(s: Float64Array, p: Float64Array, shape: { rows: number; full: number; scale: number }): Float64Array {
  const { rows, full, scale } = shape
  const half = product(p, s, { rows, inner: full, columns: full })
  const out = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let sum = 0
      for (let k = 0; k < full; k++) sum += half[i * full + k]! * p[j * full + k]!
      out[i * rows + j] = sum * scale
    }
  }
  return out
}

// T'[p,q,r] = scale sum G_i[p,a] G_j[q,b] G_k[r,c] T[a,b,c]
function contract(
  source: Float64Array,
  [gi, gj, gk]: readonly [Float64Array, Float64Array, Float64Array],
  shape: { a: number; b: number; c: number; fullA: number; fullB: number; fullC: number; scale: number },
): Float64Array {
  const { a, b, c, fullA, fullB, fullC, scale } = shape
  const overA = product(gi, source, { rows: a, inner: fullA, columns: fullB * fullC })
  const out = new Float64Array(a * b * c)
  for (let p = 0; p < a; p++) {
    const overB = product(gj, overA.subarray(p * fullB * fullC, (p + 1) * fullB * fullC), { rows: b, inner: fullB, columns: fullC })
    for (let q = 0; q < b; q++) {
      for (let r = 0; r < c; r++) {
        let sum = 0
        for (let k = 0; k < fullC; k++) sum += overB[q * fullC + k]! * gk[r * fullC + k]!
        out[(p * b + q) * c + r] = sum * scale
      }
    }
  }
  return out
}
