import { bandProjection, type SteerableBasis } from '../basis/steerable.ts'
import { AppError } from '../error.ts'
import { addThirdBias, thirdPairs, type ComplexBlock } from './component-moments.ts'
import { combineParts, momentBases, type MomentPart, type MomentSet } from './moment-set.ts'
import type { MomentSums } from './moment-sums.ts'
import { symmetricRoots, TransferOperators } from './transfer.ts'
import { mixBlock, mixMatrix, mixVector, ridgeOf, solveBlock, transformBlock, type WeightedOperators } from './transfer-solver.ts'

/** Moments as of images that all have one transfer and white noise, and that transfer. */
export interface EffectiveMoments {
  readonly set: MomentSet
  /** Per m, counts[m]^2: from the coefficients of clean images to those of the set's. Absent where images were not filtered. */
  readonly transfer?: readonly Float64Array[]
}

/** How exactly the parts' deviations from the total are solved: they tell how much moments scatter. */
const DEVIATION_TOLERANCE = 1e-3

const known = new WeakMap<MomentSet, EffectiveMoments>()

/**
 * Brings sums of images of many transfers (defoci, noise spectra) to those of images `T x + white noise`, with one
 * effective transfer T = (mean t^2)^(1/2): what the third-moment solver, the whitened components and the chi-square
 * expect. Per angular frequency the moments are the ridge least-squares solution of
 * `sum_g n_g B_g Z B_g = W (S - noise) W`, W = T^-1, B_g = W A_g W, and likewise with three factors for the third moment.
 * Parts get the total's solution and their own deviation from it, so that they still add up. What is approximate:
 * method/moments/README.md. A set of images that were not filtered is given back as it is.
 */
export function effectiveMoments(set: MomentSet): EffectiveMoments {
  if (!set.transfer) return { set }
  let found = known.get(set)
  if (!found) known.set(set, (found = solve(set)))
  return found
}

function solve(set: MomentSet): EffectiveMoments {
  const bases = momentBases(set.specification)
  const { basis, thirdBasis } = bases
  const counts = set.parts.map((part) => {
    if (!part.groupCounts) throw new AppError('Internal', 'a part of filtered images does not say how many of each transfer it has')
    return part.groupCounts
  })
  const total = set.transfer!.map((_, g) => counts.reduce((sum, part) => sum + part[g]!, 0))
  const images = total.reduce((sum, value) => sum + value, 0)
  const weights = total.map((value) => value / images)
  const operators = new TransferOperators(basis)
  const matrices = set.transfer!.map(({ square }) => operators.of(square))
  const full = whitenOperators({ counts: basis.counts, matrices }, weights)
  const narrow = thirdBasis && narrowOperators({ basis, thirdBasis, matrices, weights, root: full.root })
  const sums = combineParts(set, bases)
  const noise = set.noiseVariance
  const first = whitenedFirst(sums, full)
  const all: Solution = {
    first: first.map((value) => value / images),
    second: basis.counts.map((_, m) => solveBlock(full.operators, [m, m], weights, scaled(whitenedSecond(sums, full, { m, noise, weights: total }), 1 / images))),
    third: narrow && solveThird(sums, narrow, { weights, total, images, noise }),
    weights,
  }
  const parts = set.parts.map((part, k): MomentPart => ({ half: part.half, sums: effectivePart(part.sums, { solution: all, full, narrow, counts: counts[k]!, noise, basis }) }))
  const { transfer: _transfer, ...rest } = set
  return { set: { ...rest, parts }, transfer: full.root }
}

interface Solution {
  readonly first: Float64Array
  readonly second: readonly ComplexBlock[]
  readonly third: { readonly first: Float64Array; readonly blocks: readonly ComplexBlock[] } | undefined
  readonly weights: readonly number[]
}

interface Whitened {
  readonly operators: WeightedOperators
  readonly root: readonly Float64Array[]
  readonly inverse: readonly Float64Array[]
}

interface Narrow extends Whitened {
  /** Per m: from the narrow basis's own effective transfer to that of the full basis, projected. */
  readonly align: readonly Float64Array[]
  /** Per m: third.counts x basis.counts. */
  readonly projection: readonly Float64Array[]
}

// B_g = W A_g W with W the inverse root of the mean.
function whitenOperators(plain: WeightedOperators, weights: readonly number[]): Whitened {
  const roots = plain.counts.map((count, m) => symmetricRoots(mixMatrix(plain, m, weights), count))
  const matrices = plain.matrices.map((group) => group.map((a, m) => onBothSides(a, roots[m]!.inverse, plain.counts[m]!)))
  return { operators: { counts: plain.counts, matrices }, root: roots.map(({ root }) => root), inverse: roots.map(({ inverse }) => inverse) }
}

function narrowOperators(options: { basis: SteerableBasis; thirdBasis: SteerableBasis; matrices: readonly (readonly Float64Array[])[]; weights: readonly number[]; root: readonly Float64Array[] }): Narrow {
  const { basis, thirdBasis, matrices, weights, root } = options
  const projection = bandProjection(thirdBasis, basis)
  const project = (a: Float64Array, m: number): Float64Array => {
    const axis = { matrix: projection[m]!, rows: thirdBasis.counts[m]!, columns: basis.counts[m]! }
    return transformBlock(a, [axis, axis])
  }
  const plain = { counts: thirdBasis.counts, matrices: matrices.map((group) => thirdBasis.counts.map((_, m) => project(group[m]!, m))) }
  const whitened = whitenOperators(plain, weights)
  const align = thirdBasis.counts.map((count, m) => product(project(root[m]!, m), whitened.inverse[m]!, count))
  return { ...whitened, align, projection }
}

function whitenedFirst(sums: Pick<MomentSums, 'first'>, { operators, inverse }: Whitened): Float64Array {
  return mixVector({ counts: operators.counts, matrices: [[inverse[0]!]] }, 0, [1], sums.first)
}

// W S W less its noise, sigma^2 sum_g n_g B_g.
function whitenedSecond(sums: MomentSums, { operators, inverse }: Whitened, options: { m: number; noise: number; weights: ArrayLike<number> }): ComplexBlock {
  const { m, noise, weights } = options
  const size = operators.counts[m]!
  const bias = mixMatrix(operators, m, weights)
  return {
    re: onBothSides(sums.second[m]!.re, inverse[m]!, size).map((value, i) => value - noise * bias[i]!),
    im: onBothSides(sums.second[m]!.im, inverse[m]!, size),
  }
}

function narrowFirst(sums: MomentSums, { operators, inverse, projection }: Narrow): Float64Array {
  const count = operators.counts[0]!
  const projected = transformBlock(sums.first, [{ matrix: projection[0]!, rows: count, columns: sums.first.length }])
  return transformBlock(projected, [{ matrix: inverse[0]!, rows: count, columns: count }])
}

// W (x) W (x) W of the third sums less their noise: in every group its mean times its noise.
function whitenedThird(sums: MomentSums, { operators, inverse }: Narrow, options: { index: number; i: number; j: number; first: Float64Array; noise: number; weights: ArrayLike<number> }): ComplexBlock {
  const { index, i, j, first, noise, weights } = options
  const { counts, matrices } = operators
  const axes = [i, j, i + j].map((m) => ({ matrix: inverse[m]!, rows: counts[m]!, columns: counts[m]! }))
  const block = { re: transformBlock(sums.third[index]!.re, axes), im: transformBlock(sums.third[index]!.im, axes) }
  if (i !== 0) return block
  const [a, b] = [counts[0]!, counts[j]!]
  matrices.forEach((group, g) => {
    const scale = -noise * weights[g]!
    if (scale === 0) return
    const mean = mixVector({ counts, matrices: [group] }, 0, [1], first)
    const own = group[j]!
    for (let p = 0; p < a; p++) for (let q = 0; q < b; q++) for (let r = 0; r < b; r++) block.re[(p * b + q) * b + r]! += scale * mean[p]! * own[q * b + r]!
    if (j !== 0) return
    for (let p = 0; p < a; p++) {
      for (let q = 0; q < a; q++) for (let r = 0; r < a; r++) block.re[(p * a + q) * a + r]! += scale * (mean[q]! * own[p * a + r]! + mean[r]! * own[p * a + q]!)
    }
  })
  return block
}

function solveThird(sums: MomentSums, narrow: Narrow, options: { weights: readonly number[]; total: readonly number[]; images: number; noise: number }): NonNullable<Solution['third']> {
  const { weights, total, images, noise } = options
  const first = narrowFirst(sums, narrow).map((value) => value / images)
  const blocks = thirdPairs(narrow.operators.counts.length - 1).map(({ i, j }, index) =>
    solveBlock(narrow.operators, [i, j, i + j], weights, scaled(whitenedThird(sums, narrow, { index, i, j, first, noise, weights: total }), 1 / images)),
  )
  return { first, blocks }
}

// N Z + L^-1 (own sums - what Z predicts of them): linear in the sums, and adding up to the total's.
function effectivePart(sums: MomentSums, options: { solution: Solution; full: Whitened; narrow: Narrow | undefined; counts: Float64Array; noise: number; basis: SteerableBasis }): MomentSums {
  const { solution, full, narrow, counts, noise, basis } = options
  const images = counts.reduce((sum, value) => sum + value, 0)
  const own = (operators: WeightedOperators, factors: readonly number[], data: ComplexBlock, z: ComplexBlock): ComplexBlock => {
    const residual = (part: 're' | 'im'): Float64Array => {
      const predicted = mixBlock(operators, factors, counts, z[part])
      const ridge = ridgeOf(z[part])
      return data[part].map((value, e) => value - predicted[e]! - images * ridge[e]!)
    }
    const deviation = solveBlock(operators, factors, solution.weights, { re: residual('re'), im: residual('im') }, DEVIATION_TOLERANCE)
    return { re: z.re.map((value, e) => images * value + deviation.re[e]!), im: z.im.map((value, e) => images * value + deviation.im[e]!) }
  }
  const expected = mixVector(full.operators, 0, counts, solution.first)
  const first = whitenedFirst(sums, full).map((value, p) => images * solution.first[p]! + value - expected[p]!)
  const second = basis.counts.map((count, m) => {
    const block = own(full.operators, [m, m], whitenedSecond(sums, full, { m, noise, weights: counts }), solution.second[m]!)
    for (let p = 0; p < count; p++) block.re[p * count + p]! += images * noise
    return block
  })
  const third = narrow
    ? thirdPairs(narrow.operators.counts.length - 1).map((pair, index) => {
        const { i, j } = pair
        const factors = [i, j, i + j]
        const thirdCounts = narrow.operators.counts
        const data = whitenedThird(sums, narrow, { index, i, j, first: solution.third!.first, noise, weights: counts })
        const z = own(narrow.operators, factors, data, solution.third!.blocks[index]!)
        const axes = factors.map((m) => ({ matrix: narrow.align[m]!, rows: thirdCounts[m]!, columns: thirdCounts[m]! }))
        const block = { re: transformBlock(z.re, axes), im: transformBlock(z.im, axes) }
        // Whoever reads the sums takes the noise terms of white noise off again.
        const projected = transformBlock(first, [{ matrix: narrow.projection[0]!, rows: thirdCounts[0]!, columns: basis.counts[0]! }])
        addThirdBias(block, pair, { counts: thirdCounts, first: projected, scale: noise })
        return block
      })
    : []
  return { imageCount: images, first, second, third, pixelSum: sums.pixelSum, pixelPower: sums.pixelPower }
}

function onBothSides(a: Float64Array, w: Float64Array, size: number): Float64Array {
  const axis = { matrix: w, rows: size, columns: size }
  return transformBlock(a, [axis, axis])
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let k = 0; k < size; k++) for (let j = 0; j < size; j++) out[i * size + j]! += a[i * size + k]! * b[k * size + j]!
  return out
}

function scaled(block: ComplexBlock, factor: number): ComplexBlock {
  return { re: block.re.map((value) => value * factor), im: block.im.map((value) => value * factor) }
}
