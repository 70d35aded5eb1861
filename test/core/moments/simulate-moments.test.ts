import { describe, expect, it } from 'vitest'
import { bandProjection, steerableBasis } from '#core/basis/steerable.ts'
import { addThirdBias, thirdPairs, type ComplexBlock } from '#core/moments/component-moments.ts'
import { emptySums, type MomentSums } from '#core/moments/moment-sums.ts'
import { choleskyFactor, simulateMomentSums, type MomentSimulation } from '#core/moments/simulate-moments.ts'
import { Random } from '#core/random.ts'

const basis = steerableBasis({ boxSize: 9, radius: 4, maxFrequency: 1.1 })
const narrow = steerableBasis({ boxSize: 9, radius: 4, maxFrequency: 0.8 })
const third = { basis: narrow, projection: bandProjection(narrow, basis) }

function simulation(signalSize: number, noiseVariance: number, occupancy: readonly number[]): MomentSimulation {
  const random = new Random(21)
  return { basis, signals: Float32Array.from({ length: occupancy.length * basis.length }, () => signalSize * random.normal()), occupancy: Float64Array.from(occupancy), noiseVariance, third }
}

/** The sums of one data set, image by image: signal plus white noise in every coefficient. */
function bruteForce({ signals, occupancy, noiseVariance }: MomentSimulation, random: Random): MomentSums {
  const sums = emptySums(basis, narrow.counts)
  const sigma = Math.sqrt(noiseVariance)
  occupancy.forEach((n, view) => {
    for (let i = 0; i < n; i++) {
      sums.imageCount++
      const z = basis.counts.map((d, m) => {
        const at = view * basis.length + basis.offsets[m]!
        const size = m === 0 ? sigma : sigma * Math.SQRT1_2
        const re = Float64Array.from({ length: d }, (_, p) => signals[at + p]! + size * random.normal())
        return { re, im: Float64Array.from({ length: d }, (_, p) => (m === 0 ? 0 : signals[at + d + p]! + size * random.normal())) }
      })
      z[0]!.re.forEach((value, p) => (sums.first[p]! += value))
      z.forEach(({ re, im }, m) => {
        const d = re.length
        for (let p = 0; p < d; p++) {
          for (let q = 0; q < d; q++) {
            sums.second[m]!.re[p * d + q]! += re[p]! * re[q]! + im[p]! * im[q]!
            sums.second[m]!.im[p * d + q]! += im[p]! * re[q]! - re[p]! * im[q]!
          }
        }
      })
      const u = narrow.counts.map((d, m) => {
        const full = basis.counts[m]!
        const of = (x: Float64Array): Float64Array => Float64Array.from({ length: d }, (_, p) => x.reduce((sum, value, a) => sum + third.projection[m]![p * full + a]! * value, 0))
        return { re: of(z[m]!.re), im: of(z[m]!.im) }
      })
      thirdPairs(narrow.counts.length - 1).forEach(({ i: a, j: b }, index) => {
        const block = sums.third[index]!
        let at = 0
        for (let p = 0; p < narrow.counts[a]!; p++) {
          for (let q = 0; q < narrow.counts[b]!; q++) {
            const re = u[a]!.re[p]! * u[b]!.re[q]! - u[a]!.im[p]! * u[b]!.im[q]!
            const im = u[a]!.re[p]! * u[b]!.im[q]! + u[a]!.im[p]! * u[b]!.re[q]!
            for (let r = 0; r < narrow.counts[a + b]!; r++, at++) {
              block.re[at]! += re * u[a + b]!.re[r]! + im * u[a + b]!.im[r]!
              block.im[at]! += im * u[a + b]!.re[r]! - re * u[a + b]!.im[r]!
            }
          }
        }
      })
    }
  })
  return sums
}

function flatten(sums: MomentSums): number[] {
  return [...sums.first, ...sums.second.flatMap(({ re, im }) => [...re, ...im])]
}

/** Third sums less their noise terms, as the solver will see them. */
function debiasedThird(sums: MomentSums, noiseVariance: number): number[] {
  const full = basis.counts[0]!
  const first = Float64Array.from({ length: narrow.counts[0]! }, (_, p) => sums.first.reduce((sum, value, a) => sum + third.projection[0]![p * full + a]! * value, 0))
  return thirdPairs(narrow.counts.length - 1).flatMap((pair, index) => {
    const block = { re: sums.third[index]!.re.slice(), im: sums.third[index]!.im.slice() }
    addThirdBias(block, pair, { counts: narrow.counts, first, scale: -noiseVariance })
    return [...block.re, ...block.im]
  })
}

function statistics(draws: readonly number[][]): { mean: number[]; covariance: (i: number, j: number) => number } {
  const mean = draws[0]!.map((_, k) => draws.reduce((sum, draw) => sum + draw[k]!, 0) / draws.length)
  return { mean, covariance: (i, j) => draws.reduce((sum, draw) => sum + (draw[i]! - mean[i]!) * (draw[j]! - mean[j]!), 0) / draws.length }
}

describe('simulateMomentSums', () => {
  const repeats = 3000

  it('has the mean and the covariance of brute force in every entry of M1 and M2, and between them', () => {
    const plan = simulation(0.8, 1.3, [13, 0, 9, 21, 17])
    const [a, b] = [new Random(1), new Random(2)]
    const fast = statistics(Array.from({ length: repeats }, () => flatten(simulateMomentSums(plan, a))))
    const slow = statistics(Array.from({ length: repeats }, () => flatten(bruteForce(plan, b))))
    const size = fast.mean.length
    let worst = 0
    for (let i = 0; i < size; i++) {
      const vi = slow.covariance(i, i)
      if (vi < 1e-12) {
        expect(fast.covariance(i, i)).toBeLessThan(1e-10)
        continue
      }
      worst = Math.max(worst, Math.abs(fast.mean[i]! - slow.mean[i]!) / Math.sqrt((2 * vi) / repeats))
      for (let j = 0; j <= i; j++) {
        const vj = slow.covariance(j, j)
        const both = slow.covariance(i, j)
        if (vj > 1e-12) worst = Math.max(worst, Math.abs(fast.covariance(i, j) - both) / Math.sqrt((2 * (vi * vj + both * both)) / repeats))
      }
    }
    // About 250 comparisons, in units of their own Monte-Carlo error.
    expect(size).toBeGreaterThanOrEqual(24)
    expect(worst).toBeLessThan(5)
  })

  it('has the mean of M3, and at low signal its variance, entry by entry', () => {
    const plan = simulation(0.25, 1, [40, 35, 60, 25])
    const [a, b] = [new Random(3), new Random(4)]
    const fast = statistics(Array.from({ length: repeats }, () => debiasedThird(simulateMomentSums(plan, a), 1)))
    const slow = statistics(Array.from({ length: repeats }, () => debiasedThird(bruteForce(plan, b), 1)))
    let worst = 0
    let ratio = 0
    let entries = 0
    fast.mean.forEach((mean, i) => {
      const [vf, vs] = [fast.covariance(i, i), slow.covariance(i, i)]
      if (vs < 1e-9) {
        expect(vf).toBeLessThan(1e-9)
        return
      }
      worst = Math.max(worst, Math.abs(mean - slow.mean[i]!) / Math.sqrt((vf + vs) / repeats))
      // The central-limit law takes z to be Gaussian: 10 % here, on top of the Monte-Carlo error.
      expect(Math.abs(Math.log(vf / vs))).toBeLessThan(0.25)
      ratio += vf / vs
      entries++
    })
    expect(worst).toBeLessThan(4.7)
    expect(ratio / entries).toBeGreaterThan(0.93)
    expect(ratio / entries).toBeLessThan(1.07)
  })

  it('refuses fewer images than its law needs', () => {
    expect(() => simulateMomentSums(simulation(1, 1, [2, 2]), new Random(1))).toThrow(/needs at least \d+ images at this band, found 4/)
  })
})

describe('choleskyFactor', () => {
  it('factors Hermitian matrices, also of low rank', () => {
    const random = new Random(6)
    const [n, rank] = [5, 3]
    const x = { re: Float64Array.from({ length: n * rank }, () => random.normal()), im: Float64Array.from({ length: n * rank }, () => random.normal()) }
    const product = (f: ComplexBlock, columns: number): ComplexBlock => {
      const out = { re: new Float64Array(n * n), im: new Float64Array(n * n) }
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < columns; k++) {
        out.re[i * n + j]! += f.re[i * columns + k]! * f.re[j * columns + k]! + f.im[i * columns + k]! * f.im[j * columns + k]!
        out.im[i * n + j]! += f.im[i * columns + k]! * f.re[j * columns + k]! - f.re[i * columns + k]! * f.im[j * columns + k]!
      }
      return out
    }
    const matrix = product(x, rank)
    const again = product(choleskyFactor(matrix, n), n)
    again.re.forEach((value, i) => expect(value).toBeCloseTo(matrix.re[i]!, 10))
    again.im.forEach((value, i) => expect(value).toBeCloseTo(matrix.im[i]!, 10))
  })
})
