import type { ComplexBlock, ComponentMoments } from '#core/moments/component-moments.ts'
import type { Random } from '#core/random.ts'

/**
 * Weights of one resampling of the parts: within each half-set of n parts, n - 1 are drawn with replacement and count
 * n / (n - 1) each, so that the variance of a mean over resamplings is the unbiased one also for few parts; n draws would
 * give (n - 1)/n of it (Rao and Wu, J. Am. Stat. Assoc. 83 (1988), 231). A half with one part keeps it.
 */
export function resamplingWeights(halves: readonly (1 | 2)[], random: Random): Float64Array {
  const weights = new Float64Array(halves.length)
  for (const half of [1, 2]) {
    const members = [...halves.keys()].filter((k) => halves[k] === half)
    const n = members.length
    if (n === 1) weights[members[0]!] = 1
    else for (let draw = 0; draw < n - 1; draw++) weights[members[random.integer(n)]!]! += n / (n - 1)
  }
  return weights
}

/**
 * Moments of the images of all parts, each counted `weights[k]` times: the means of the parts' moments by images. Debiasing
 * is linear in the sums, so this equals debiasing the weighted sums. Image count and dispersion stay those of `total`.
 */
export function resampledMoments(total: ComponentMoments, parts: readonly ComponentMoments[], weights: Float64Array): ComponentMoments {
  const images = parts.reduce((sum, part, k) => sum + weights[k]! * part.imageCount, 0)
  const mean = (pick: (moments: ComponentMoments) => Float64Array): Float64Array => {
    const out = new Float64Array(pick(total).length)
    parts.forEach((part, k) => {
      const share = (weights[k]! * part.imageCount) / images
      if (share > 0) pick(part).forEach((value, e) => (out[e]! += share * value))
    })
    return out
  }
  const block = (pick: (moments: ComponentMoments) => ComplexBlock): ComplexBlock => ({ re: mean((moments) => pick(moments).re), im: mean((moments) => pick(moments).im) })
  return {
    ...total,
    first: mean((moments) => moments.first),
    second: total.second.map((_, m) => block((moments) => moments.second[m]!)),
    ...(total.third && { third: total.third.map((_, index) => block((moments) => moments.third![index]!)) }),
  }
}
