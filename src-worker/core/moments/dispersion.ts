import { secondDataCount, secondMultiplicity, thirdDataCount, thirdMultiplicity, thirdPairs, type ComplexBlock, type ComponentMoments, type MomentDispersion } from './component-moments.ts'

/** Parts needed before their scatter says anything. */
const LEAST_PARTS = 4

/**
 * How much the moments of parts of the images scatter, per block, against the Gaussian variances `v v (v) / N` that weigh
 * them. Views that repeat and products of three strong components make the truth larger at high signal-to-noise; with
 * chi^2 weights divided by this factor chi^2 per datum is 1 at the truth there too. Never below 1.
 * @param parts moments of disjoint parts in the same components as `total`
 */
export function momentDispersion(total: ComponentMoments, parts: readonly ComponentMoments[]): MomentDispersion {
  const { counts } = total
  const used = parts.filter((part) => part.imageCount > 0)
  const pairs = thirdPairs(counts.length - 1)
  if (used.length < LEAST_PARTS) return { first: 1, second: counts.map(() => 1), third: pairs.map(() => 1) }
  const variance = counts.map((count, m) => Float64Array.from({ length: count }, (_, p) => Math.max(0.5, 1 + total.second[m]!.re[p * count + p]!)))
  const real = (values: Float64Array): ComplexBlock => ({ re: values, im: new Float64Array(values.length) })
  const ratio = (pick: (moments: ComponentMoments) => ComplexBlock, factors: readonly number[], scale: { multiplicity: number; data: number }): number => {
    const mean = pick(total)
    let sum = 0
    for (const part of used) {
      const block = pick(part)
      for (let e = 0; e < mean.re.length; e++) {
        const squared = (block.re[e]! - mean.re[e]!) ** 2 + (block.im[e]! - mean.im[e]!) ** 2
        if (squared > 0) sum += (part.imageCount * squared) / expected(e, factors)
      }
    }
    return Math.max(1, (scale.multiplicity * sum) / ((used.length - 1) * scale.data))
  }
  const expected = (entry: number, factors: readonly number[]): number => {
    let rest = entry
    let product = 1
    for (let f = factors.length - 1; f >= 0; f--) {
      const v = variance[factors[f]!]!
      product *= v[rest % v.length]!
      rest = Math.floor(rest / v.length)
    }
    return product
  }
  return {
    first: ratio((moments) => real(moments.first), [0], { multiplicity: 1, data: counts[0]! }),
    second: counts.map((count, m) => ratio((moments) => moments.second[m]!, [m, m], { multiplicity: secondMultiplicity(m), data: secondDataCount(count, m) })),
    third: total.third ? pairs.map(({ i, j }, index) => ratio((moments) => moments.third![index]!, [i, j, i + j], { multiplicity: thirdMultiplicity(i, j), data: thirdDataCount(counts, i, j) })) : [],
  }
}
