import { describe, expect, it } from 'vitest'
import { sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { steerableBasis } from '#core/basis/steerable.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { dataCount, thirdMultiplicity, thirdPairs, secondMultiplicity, type ComplexBlock, type ComponentMoments } from '#core/moments/component-moments.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { MomentObjective } from '#method/moments/objective.ts'
import { SliceModel } from '#method/steerable/slice-model.ts'
import { identityComponents } from '../support/identity-components.ts'

const random = new Random(11)
const image = steerableBasis({ boxSize: 17, radius: 7, maxFrequency: 0.5 * Math.PI })
const volume = sphericalBesselBasis({ degree: 6, radius: 7, maxFrequency: 0.6 * Math.PI })
const sphere = fibonacciSphere(26)
const directions = sphere.slice(0, 3 * 13)

function randomBlock(rows: number, columns: number): ComplexBlock {
  return { re: Float64Array.from({ length: rows * columns }, () => random.normal()), im: Float64Array.from({ length: rows * columns }, () => random.normal()) }
}

function randomMoments(counts: readonly number[]): ComponentMoments {
  return {
    counts,
    imageCount: 3,
    first: Float64Array.from({ length: counts[0]! }, () => random.normal()),
    second: counts.map((count) => {
      const block = randomBlock(count, count)
      for (let p = 0; p < count; p++) block.re[p * count + p] = Math.abs(block.re[p * count + p]!)
      return block
    }),
    third: thirdPairs(counts.length - 1).map(({ i, j }) => randomBlock(counts[i]! * counts[j]!, counts[i + j]!)),
  }
}

describe('MomentObjective', () => {
  const kernel = new Kernel(64e6)
  const model = new SliceModel(kernel, { volume, image, components: identityComponents(image), directions })
  const data = randomMoments(image.counts)
  const objective = new MomentObjective(kernel, { model, directions, data, viewDegree: 2, third: true })
  const coefficients = Float64Array.from({ length: volume.length }, () => 0.3 * random.normal())
  const logits = Float64Array.from({ length: objective.viewCount }, () => 0.4 * random.normal())
  const gradient = { coefficients: new Float64Array(volume.length), logits: new Float64Array(objective.viewCount) }

  it('is the weighted sum of squares of the three moments, taken direction by direction in float64', () => {
    const value = objective.evaluate(coefficients, logits, gradient)
    const rho = objective.viewProbabilities(logits)
    const q = model.directionCount
    const { counts } = model
    // z_m of direction j (second half: opposite directions)
    const z = (m: number, p: number, j: number): [number, number] => {
      const row = p * 2 * model.padded
      const at = j < q ? j : j - q
      const re = model.slices[m]!.data[row + at]!
      const im = model.slices[m]!.data[row + model.padded + at]!
      const sign = m % 2 === 0 ? 1 : -1
      return j < q ? [re, im] : [sign * re, -sign * im]
    }
    const variance = (m: number, p: number): number => Math.max(1 + data.second[m]!.re[p * data.counts[m]! + p]!, 0.5)
    let expected = 0
    for (let p = 0; p < counts[0]!; p++) {
      let sum = 0
      for (let j = 0; j < 2 * q; j++) sum += rho[j]! * z(0, p, j)[0]
      expected += (data.imageCount / variance(0, p)) * (sum - data.first[p]!) ** 2
    }
    for (let m = 0; m < counts.length; m++) {
      for (let a = 0; a < counts[m]!; a++) {
        for (let b = 0; b < counts[m]!; b++) {
          let re = -data.second[m]!.re[a * counts[m]! + b]!
          let im = -data.second[m]!.im[a * counts[m]! + b]!
          for (let j = 0; j < 2 * q; j++) {
            const [xr, xi] = z(m, a, j)
            const [yr, yi] = z(m, b, j)
            re += rho[j]! * (xr * yr + xi * yi)
            im += rho[j]! * (xi * yr - xr * yi)
          }
          expected += ((data.imageCount * secondMultiplicity(m)) / (variance(m, a) * variance(m, b))) * (re * re + im * im)
        }
      }
    }
    thirdPairs(data.counts.length - 1).forEach(({ i, j: k }, index) => {
      if (i + k >= counts.length) return
      for (let a = 0; a < counts[i]!; a++) {
        for (let b = 0; b < counts[k]!; b++) {
          for (let c = 0; c < counts[i + k]!; c++) {
            const entry = (a * counts[k]! + b) * counts[i + k]! + c
            let re = -data.third![index]!.re[entry]!
            let im = -data.third![index]!.im[entry]!
            for (let j = 0; j < 2 * q; j++) {
              const [xr, xi] = z(i, a, j)
              const [yr, yi] = z(k, b, j)
              const [wr, wi] = z(i + k, c, j)
              const pr = xr * yr - xi * yi
              const pi = xr * yi + xi * yr
              re += rho[j]! * (pr * wr + pi * wi)
              im += rho[j]! * (pi * wr - pr * wi)
            }
            expected += ((data.imageCount * thirdMultiplicity(i, k)) / (variance(i, a) * variance(k, b) * variance(i + k, c))) * (re * re + im * im)
          }
        }
      }
    })
    expect(Math.abs(value - expected)).toBeLessThan(1e-5 * expected)
    expect(objective.parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(value, 6)
  })

  it('has the gradient of central differences, in random directions of both unknowns', () => {
    objective.evaluate(coefficients, logits, gradient)
    const exact = { coefficients: gradient.coefficients.slice(), logits: gradient.logits.slice() }
    const spare = { coefficients: new Float64Array(volume.length), logits: new Float64Array(objective.viewCount) }
    for (let trial = 0; trial < 6; trial++) {
      const dx = Float64Array.from({ length: volume.length }, () => (trial % 3 === 1 ? 0 : random.normal()))
      const dc = Float64Array.from({ length: objective.viewCount }, () => (trial % 3 === 0 ? 0 : random.normal()))
      const at = (h: number): number => objective.evaluate(coefficients.map((x, i) => x + h * dx[i]!), logits.map((c, i) => c + h * dc[i]!), spare)
      // Fourth-order difference with a step wide enough for float32 products.
      const h = 4e-3
      const numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
      let analytic = 0
      dx.forEach((d, i) => (analytic += d * exact.coefficients[i]!))
      dc.forEach((d, i) => (analytic += d * exact.logits[i]!))
      expect(Math.abs(numeric - analytic) / Math.abs(analytic)).toBeLessThan(1e-3)
    }
  })

  it('counts each independent real number of the moments once', () => {
    // One component per order, orders 0 and 1: E z0 (1), E z0^2 (1), E |z1|^2 (1), z0^3 (1), z0 |z1|^2 (1).
    expect(dataCount([1, 1], true)).toBe(5)
    expect(dataCount([2, 1], false)).toBe(2 + 3 + 1)
  })
})
