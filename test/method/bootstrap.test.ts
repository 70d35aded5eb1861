import { describe, expect, it } from 'vitest'
import { randomMixture } from '#core/distribution/von-mises-fisher.ts'
import { combineParts, momentBases } from '#core/moments/moment-set.ts'
import { addSums, emptySums } from '#core/moments/moment-sums.ts'
import { Random } from '#core/random.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { silentContext } from '#job/context.ts'
import { resampledMoments, resamplingWeights } from '#method/moments/bootstrap.ts'
import { componentMoments, momentStage } from '#method/moments/stage.ts'
import { simulateMoments } from '#task/simulate-moments/simulate-moments.ts'

describe('resampling of parts', () => {
  it('keeps both halves, and spreads a mean by its unbiased standard error even with four parts a half', () => {
    const halves = [1, 2, 1, 2, 2, 1, 2, 1] as const
    const random = new Random(1)
    const values = halves.map(() => random.normal())
    const means = { 1: [] as number[], 2: [] as number[] }
    for (let draw = 0; draw < 40_000; draw++) {
      const weights = resamplingWeights(halves, random)
      for (const half of [1, 2] as const) {
        const own = [...halves.keys()].filter((k) => halves[k] === half)
        expect(own.reduce((sum, k) => sum + weights[k]!, 0)).toBeCloseTo(4, 12)
        means[half].push(own.reduce((sum, k) => sum + weights[k]! * values[k]!, 0) / 4)
      }
    }
    for (const half of [1, 2] as const) {
      const own = values.filter((_, k) => halves[k] === half)
      const mean = own.reduce((a, b) => a + b, 0) / 4
      const variance = own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3
      const found = means[half].reduce((sum, x) => sum + (x - mean) ** 2, 0) / means[half].length
      expect(found / (variance / 4)).toBeCloseTo(1, 1)
    }
  })

  it('equals the debiased moments of the parts\' sums, each added as often as it was drawn', async () => {
    const { set } = await simulateMoments(silentContext({ seed: 1 }), rasterizePhantom(makePhantom(1), 16), randomMixture(new Random(2)), { images: 20_000, snr: 0.1, parts: 4, directions: 1000 })
    const bases = momentBases(set.specification)
    const { basis, thirdBasis } = bases
    const data = { basis, thirdBasis: thirdBasis!, sums: combineParts(set, bases), noiseVariance: set.noiseVariance }
    const stage = momentStage(data, { maxFrequency: set.specification.thirdMaxFrequency!, radius: set.specification.radius, third: true })
    const selection = { basis, components: stage.components, third: stage.third }
    const times = [2, 0, 1, 3]
    const sums = emptySums(basis, thirdBasis!.counts)
    set.parts.forEach((part, k) => { for (let i = 0; i < times[k]!; i++) addSums(sums, part.sums) })
    const expected = componentMoments(sums, selection)
    const found = resampledMoments(stage.moments, set.parts.map((part) => componentMoments(part.sums, selection)), Float64Array.from(times))
    const close = (a: Float64Array, b: Float64Array): void => a.forEach((value, e) => expect(value).toBeCloseTo(b[e]!, 9))
    close(found.first, expected.first)
    found.second.forEach((block, m) => { close(block.re, expected.second[m]!.re); close(block.im, expected.second[m]!.im) })
    found.third!.forEach((block, index) => { close(block.re, expected.third![index]!.re); close(block.im, expected.third![index]!.im) })
    expect(found.imageCount).toBe(20_000)
  })
})
