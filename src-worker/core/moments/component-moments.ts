/**
 * First, second and third moment of noise-whitened steerable components (unit noise variance), debiased
 * (algorithms.md 8.2): `first = E z_0`; `second[m] = E z_m z_m^* - I`; `third[(i,j)] = E z_i (x) z_j (x) conj z_{i+j}`
 * less its noise terms. Complex blocks are stored as real and imaginary parts.
 */
export interface ComponentMoments {
  /** Components per angular frequency. */
  readonly counts: readonly number[]
  /** Images behind the moments. */
  readonly imageCount: number
  /** counts[0] */
  readonly first: Float64Array
  /** Per m: counts[m] x counts[m], row-major. */
  readonly second: readonly ComplexBlock[]
  /** Per pair of `thirdPairs(counts)`: (counts[i] counts[j]) x counts[i+j]; absent when only M1 and M2 were taken. */
  readonly third?: readonly ComplexBlock[]
  /** How much more than `v v (v) / N` each block scatters, from partial sums; 1 where absent. */
  readonly dispersion?: MomentDispersion
}

/** Measured variance of each moment block over the Gaussian one, averaged over its entries; at least 1. */
export interface MomentDispersion {
  readonly first: number
  readonly second: readonly number[]
  readonly third: readonly number[]
}

export interface ComplexBlock {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Angular frequency pairs 0 <= i <= j with i + j <= highest: the third moment's blocks. */
export function thirdPairs(highest: number): { i: number; j: number }[] {
  const out: { i: number; j: number }[] = []
  for (let i = 0; i <= highest; i++) for (let j = i; i + j <= highest; j++) out.push({ i, j })
  return out
}

/** Weight of |D|^2 in -2 log likelihood per entry of the second moment: 1/2 for m = 0 (real symmetric), else 1. */
export function secondMultiplicity(m: number): number {
  return m === 0 ? 0.5 : 1
}

/** Weight of |D|^2 per entry of the third moment: counts each independent real number once (algorithms.md 8.2). */
export function thirdMultiplicity(i: number, j: number): number {
  if (i === 0 && j === 0) return 1 / 6
  if (i === 0 || i === j) return 1
  return 2
}

/** Independent real numbers in the moments: the expectation of chi^2 at the truth. */
export function dataCount(counts: readonly number[], withThird: boolean): number {
  let total = counts[0]!
  counts.forEach((count, m) => (total += secondDataCount(count, m)))
  if (withThird) for (const { i, j } of thirdPairs(counts.length - 1)) total += thirdDataCount(counts, i, j)
  return total
}

/** Independent real numbers in the second moment of order m. */
export function secondDataCount(count: number, m: number): number {
  return m === 0 ? (count * (count + 1)) / 2 : count * count
}

/** Independent real numbers in the third moment of a pair. */
export function thirdDataCount(counts: readonly number[], i: number, j: number): number {
  const a = counts[i]!
  const b = counts[j]!
  const c = counts[i + j]!
  if (i === 0 && j === 0) return (a * (a + 1) * (a + 2)) / 6
  if (i === 0) return a * b * b
  return i === j ? a * (a + 1) * c : 2 * a * b * c
}

/** Expected noise bias of the third moment is from noise pairs: first moment times identity, only where i = 0. */
export function addThirdBias(block: ComplexBlock, pair: { i: number; j: number }, shape: { counts: readonly number[]; first: Float64Array; scale: number }): void {
  const { counts, first, scale } = shape
  const { i, j } = pair
  if (i !== 0) return
  const a = counts[0]!
  const b = counts[j]!
  const c = counts[j]!
  for (let p = 0; p < a; p++) for (let q = 0; q < b; q++) block.re[(p * b + q) * c + q]! += scale * first[p]!
  if (j !== 0) return
  for (let p = 0; p < a; p++) {
    for (let q = 0; q < a; q++) {
      block.re[(p * a + q) * a + p]! += scale * first[q]!
      block.re[(p * a + p) * a + q]! += scale * first[q]!
    }
  }
}
