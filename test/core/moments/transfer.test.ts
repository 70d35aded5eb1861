import { describe, expect, it } from 'vitest'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { addWhiteNoise } from '#core/image/noise.ts'
import { conjugateGradient } from '#core/math/conjugate-gradient.ts'
import { binMeans, radialBins, symmetricRoots, TransferOperators } from '#core/moments/transfer.ts'
import { mixBlock, solveBlock } from '#core/moments/transfer-solver.ts'
import { applyCtf } from '#core/optics/apply-ctf.ts'
import { ctfGrid, type CtfParameters } from '#core/optics/ctf.ts'
import { filterEachImage } from '#core/optics/filter-images.ts'
import { Random } from '#core/random.ts'

const parameters: CtfParameters = { defocusU: 15_000, defocusV: 15_000, defocusAngle: 0, voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 }
const size = 20
const basis = steerableBasis({ boxSize: size, radius: 8, maxFrequency: 2.4 })

describe('transfer of steerable coefficients', () => {
  it('is the identity for images as they are', () => {
    const one = new TransferOperators(basis).of(new Float64Array(radialBins(size).count).fill(1))
    one.forEach((a, m) => a.forEach((value, i) => expect(value).toBeCloseTo(Math.floor(i / basis.counts[m]!) === i % basis.counts[m]! ? 1 : 0, 10)))
  })

  it('is the covariance of filtered white noise', () => {
    const grid = ctfGrid(parameters, size, 5)
    const expected = new TransferOperators(basis).of(binMeans(grid.map((value) => value * value), radialBins(size)))
    const count = 4000
    const images = new Float32Array(count * size * size)
    addWhiteNoise(images, 1, new Random(3))
    applyCtf(images, size, () => grid)
    for (const m of [0, 1, 4]) {
      const d = basis.counts[m]!
      const found = new Float64Array(d * d)
      for (let i = 0; i < count; i++) {
        const y = expandImage(basis, images.subarray(i * size * size, (i + 1) * size * size)).subarray(basis.offsets[m]!)
        for (let p = 0; p < d; p++) for (let q = 0; q < d; q++) found[p * d + q]! += (y[p]! * y[q]! + (m > 0 ? y[d + p]! * y[d + q]! : 0)) / count
      }
      // Variance of an entry: (a_pp a_qq + a_pq^2) / N, half of it for complex coefficients.
      for (let p = 0; p < d; p++) {
        for (let q = 0; q < d; q++) {
          const error = Math.sqrt((expected[m]![p * d + p]! * expected[m]![q * d + q]! + expected[m]![p * d + q]! ** 2) / (count * (m > 0 ? 2 : 1)))
          expect(Math.abs(found[p * d + q]! - expected[m]![p * d + q]!)).toBeLessThan(5.5 * error)
        }
      }
    }
  }, 60_000)

  it('has roots that multiply to it', () => {
    const a = new TransferOperators(basis).of(binMeans(ctfGrid(parameters, size, 5).map((value) => value * value), radialBins(size)))[2]!
    const d = basis.counts[2]!
    const { root, inverse } = symmetricRoots(a, d)
    for (let p = 0; p < d; p++) {
      for (let q = 0; q < d; q++) {
        let [square, one] = [0, 0]
        for (let k = 0; k < d; k++) {
          square += root[p * d + k]! * root[k * d + q]!
          one += root[p * d + k]! * inverse[k * d + q]!
        }
        expect(square).toBeCloseTo(a[p * d + q]!, 10)
        expect(one).toBeCloseTo(p === q ? 1 : 0, 8)
      }
    }
  })

  it('is undone over groups up to the ridge', () => {
    const random = new Random(7)
    const counts = [3, 2]
    const matrices = [0.4, 1, 1.6].map((scale) => counts.map((n) => Float64Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) === i % n ? scale : 0.1 * scale))))
    const weights = [0.3, 0.5, 0.2]
    const x = Float64Array.from({ length: 3 * 2 * 2 }, () => random.normal())
    const y = mixBlock({ counts, matrices }, [0, 1, 1], weights, x)
    const { re } = solveBlock({ counts, matrices }, [0, 1, 1], weights, { re: y, im: new Float64Array(y.length) }, 1e-9)
    re.forEach((value, i) => expect(Math.abs(value - x[i]!)).toBeLessThan(5e-3))
  })
})

it('conjugate gradients solve what elimination solves', () => {
  const a = [4, 1, 0, 1, 3, 1, 0, 1, 2]
  const apply = (x: Float64Array): Float64Array => Float64Array.from({ length: 3 }, (_, i) => a[3 * i]! * x[0]! + a[3 * i + 1]! * x[1]! + a[3 * i + 2]! * x[2]!)
  const found = conjugateGradient(apply, Float64Array.of(1, 2, 3), { tolerance: 1e-12 })
  // By hand: determinant 18.
  ;[4 / 18, 2 / 18, 26 / 18].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 10))
})

it('two images in one transform are filtered as each by itself', () => {
  const random = new Random(1)
  // In even boxes only round functions are even at the Nyquist frequency.
  for (const [n, count, astigmatism] of [[12, 3, 0], [15, 4, 900]] as const) {
    const grids = Array.from({ length: count }, (_, i) => ctfGrid({ ...parameters, defocusU: 9000 + 3000 * i, defocusV: 9000 + 3000 * i - astigmatism, defocusAngle: 0.7 }, n, 4))
    const images = Float32Array.from({ length: count * n * n }, () => random.normal())
    const expected = images.slice()
    applyCtf(expected, n, (i) => grids[i]!)
    filterEachImage(images, n, (i) => grids[i]!)
    images.forEach((value, p) => expect(value).toBeCloseTo(expected[p]!, 5))
  }
})
