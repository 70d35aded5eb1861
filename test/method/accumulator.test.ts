import { describe, expect, it } from 'vitest'
import { bandProjection, expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { thirdPairs } from '#core/moments/component-moments.ts'
import { addSums, backgroundVariance, emptySums } from '#core/moments/moment-sums.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { MomentAccumulator } from '#method/moments/accumulator.ts'

const boxSize = 15
const basis = steerableBasis({ boxSize, radius: 6.5, maxFrequency: 2.4 })
const narrow = steerableBasis({ boxSize, radius: 6.5, maxFrequency: 1.3 })
const projection = bandProjection(narrow, basis)
const random = new Random(8)
const count = 23
const images = Float32Array.from({ length: count * boxSize ** 2 }, () => random.normal())

/** y as complex numbers per order. */
function complexCoefficients(i: number): [number, number][][] {
  const y = expandImage(basis, images.subarray(i * boxSize ** 2, (i + 1) * boxSize ** 2))
  return basis.counts.map((d, m) => Array.from({ length: d }, (_, p) => [y[basis.offsets[m]! + p]!, m === 0 ? 0 : y[basis.offsets[m]! + d + p]!]))
}

function narrowed(y: [number, number][][]): [number, number][][] {
  return narrow.counts.map((d, m) =>
    Array.from({ length: d }, (_, p) => {
      let re = 0
      let im = 0
      y[m]!.forEach(([a, b], k) => {
        re += projection[m]![p * basis.counts[m]! + k]! * a
        im += projection[m]![p * basis.counts[m]! + k]! * b
      })
      return [re, im]
    }),
  )
}

describe('MomentAccumulator', () => {
  const sums = emptySums(basis, narrow.counts)
  const accumulator = new MomentAccumulator(new Kernel(64e6), { basis, third: { basis: narrow, projection }, batch: 12 })
  const buffer = images.slice()
  accumulator.add(buffer.subarray(0, 12 * boxSize ** 2), 12, sums)
  accumulator.add(buffer.subarray(12 * boxSize ** 2), count - 12, sums)
  const all = Array.from({ length: count }, (_, i) => complexCoefficients(i))

  it('sums y y^* per angular frequency', () => {
    expect(sums.imageCount).toBe(count)
    basis.counts.forEach((d, m) => {
      for (let p = 0; p < d; p++) {
        for (let q = 0; q < d; q++) {
          let re = 0
          let im = 0
          for (const y of all) {
            const [a, b] = y[m]![p]!
            const [c, e] = y[m]![q]!
            re += a * c + b * e
            im += b * c - a * e
          }
          expect(Math.abs(sums.second[m]!.re[p * d + q]! - re)).toBeLessThan(2e-4)
          expect(Math.abs(sums.second[m]!.im[p * d + q]! - im)).toBeLessThan(2e-4)
        }
      }
    })
  })

  it('sums the bispectrum z_i z_j conj z_{i+j}', () => {
    const few = all.map(narrowed)
    thirdPairs(narrow.order).forEach(({ i, j }, index) => {
      const [a, b, c] = [narrow.counts[i]!, narrow.counts[j]!, narrow.counts[i + j]!]
      for (const [p, q, r] of [[0, 0, 0], [a - 1, b - 1, c - 1], [0, b - 1, 0]] as const) {
        let re = 0
        let im = 0
        for (const z of few) {
          const [x, y, w] = [z[i]![p]!, z[j]![q]!, z[i + j]![r]!]
          const pr = x[0] * y[0] - x[1] * y[1]
          const pi = x[0] * y[1] + x[1] * y[0]
          re += pr * w[0] + pi * w[1]
          im += pi * w[0] - pr * w[1]
        }
        const at = (p * b + q) * c + r
        expect(Math.abs(sums.third[index]!.re[at]! - re)).toBeLessThan(5e-4)
        expect(Math.abs(sums.third[index]!.im[at]! - im)).toBeLessThan(5e-4)
      }
    })
  })

  it('does not remember: small batches after large ones, in any order, give the same sums bit for bit', () => {
    const fresh = (): MomentAccumulator => new MomentAccumulator(new Kernel(64e6), { basis, third: { basis: narrow, projection }, batch: 12 })
    const part = (indices: readonly number[], by: MomentAccumulator): ReturnType<typeof emptySums> => {
      const target = emptySums(basis, narrow.counts)
      by.add(images, indices.length, target, indices)
      return target
    }
    const used = fresh()
    for (const indices of [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11, 12], [13], [14, 15, 16, 17, 18, 19]]) expect(part(indices, used)).toEqual(part(indices, fresh()))
  })

  it('is mergeable, skips images that are not finite, and estimates the noise from the corners', () => {
    const left = emptySums(basis, narrow.counts)
    const right = emptySums(basis, narrow.counts)
    accumulator.add(images.slice(0, 12 * boxSize ** 2), 12, left)
    const poisoned = new Float32Array(12 * boxSize ** 2)
    poisoned.set(images.subarray(12 * boxSize ** 2))
    poisoned[11 * boxSize ** 2 + 3] = Number.NaN
    expect(accumulator.add(poisoned, 12, right)).toBe(1)
    addSums(left, right)
    expect(left.imageCount).toBe(count)
    sums.second.forEach((block, m) => block.re.forEach((x, i) => expect(left.second[m]!.re[i]).toBeCloseTo(x, 3)))
    const corners = backgroundVariance(sums, boxSize, 6.5)
    let power = 0
    let mean = 0
    let pixels = 0
    for (let i = 0; i < count * boxSize ** 2; i++) {
      const x = (i % boxSize) - 7
      const y = (Math.floor(i / boxSize) % boxSize) - 7
      if (x * x + y * y <= 42.25) continue
      pixels++
      mean += images[i]!
      power += images[i]! ** 2
    }
    expect(corners).toBeCloseTo(power / pixels - (mean / pixels) ** 2, 6)
  })
})
