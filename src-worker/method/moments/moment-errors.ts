import type { ComponentMoments } from '#core/moments/component-moments.ts'
import type { SliceModel } from '../steerable/slice-model.ts'

/** Relative Frobenius errors of the predicted moments, and what the estimator's own noise would give. */
export interface MomentErrors {
  readonly m1RelativeError: number
  readonly m1NoiseFloor: number
  readonly m2RelativeError: number
  readonly m2NoiseFloor: number
}

/**
 * Errors |predicted - data| / |data| of M1 and M2 in the stage's components, orders m and -m counted, beside the noise
 * floors `sqrt(sum v_p / N) / |M1|` and `sqrt(sum_m c_m sum_pq v_p v_q / N) / |M2|`, v = 1 + eigenvalue: the estimator's
 * variance (algorithms.md 7.3; reference-facts.md 2.1 in whitened components).
 * @param probabilities rho at the model's directions, then at their opposites
 */
export function momentErrors(model: SliceModel, data: ComponentMoments, probabilities: Float64Array): MomentErrors {
  const q = model.directionCount
  const n = data.imageCount
  const stride = 2 * model.padded
  const s = Float64Array.from({ length: q }, (_, j) => probabilities[j]! + probabilities[q + j]!)
  const t = Float64Array.from({ length: q }, (_, j) => probabilities[j]! - probabilities[q + j]!)
  let first = 0
  let firstSize = 0
  let firstNoise = 0
  let second = 0
  let secondSize = 0
  let secondNoise = 0
  model.counts.forEach((count, m) => {
    const z = model.slices[m]!.data
    const width = data.counts[m]!
    const block = data.second[m]!
    const variance = (p: number): number => Math.max(0.5, 1 + block.re[p * width + p]!)
    for (let p = 0; p < count; p++) {
      if (m === 0) {
        let sum = 0
        for (let j = 0; j < q; j++) sum += s[j]! * z[p * stride + j]!
        first += (sum - data.first[p]!) ** 2
        firstSize += data.first[p]! ** 2
        firstNoise += variance(p) / n
      }
      for (let r = 0; r < count; r++) {
        let re = -block.re[p * width + r]!
        let im = -block.im[p * width + r]!
        for (let j = 0; j < q; j++) {
          const [a, b] = [z[p * stride + j]!, z[p * stride + model.padded + j]!]
          const [c, d] = [z[r * stride + j]!, z[r * stride + model.padded + j]!]
          re += s[j]! * (a * c + b * d)
          im += t[j]! * (b * c - a * d)
        }
        const copies = m === 0 ? 1 : 2
        second += copies * (re * re + im * im)
        secondSize += copies * (block.re[p * width + r]! ** 2 + block.im[p * width + r]! ** 2)
        secondNoise += (copies * variance(p) * variance(r)) / n
      }
    }
  })
  return {
    m1RelativeError: Math.sqrt(first / firstSize),
    m1NoiseFloor: Math.sqrt(firstNoise / firstSize),
    m2RelativeError: Math.sqrt(second / secondSize),
    m2NoiseFloor: Math.sqrt(secondNoise / secondSize),
  }
}
