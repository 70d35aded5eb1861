import { describe, expect, it } from 'vitest'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { Kernel } from '#kernel/kernel.ts'
import { bandPlan } from '#method/expectation-maximization/band-plan.ts'
import { ComponentShifter } from '#method/expectation-maximization/component-shifter.ts'
import { offsetGrid, offsetPrior } from '#method/expectation-maximization/offset-grid.ts'
import { shiftMatrices } from '#method/expectation-maximization/shift-matrices.ts'
import { randomBlobs } from '../../support/blob-phantom.ts'

const size = 25
const centre = 12

/** An image of Gaussian spots moved by (x, y) pixels through an exact phase ramp on its discrete Fourier transform. */
function ramped(image: Float64Array, x: number, y: number): Float64Array {
  const out = new Float64Array(size * size)
  const half = (size - 1) / 2
  // Separable: the one-dimensional operator is the Dirichlet kernel.
  const kernel = (t: number): number => {
    let sum = 1
    for (let h = 1; h <= half; h++) sum += 2 * Math.cos((2 * Math.PI * h * t) / size)
    return sum / size
  }
  const along = (t: number): Float64Array => Float64Array.from({ length: size * size }, (_, i) => kernel(Math.floor(i / size) - (i % size) - t))
  const [kx, ky] = [along(x), along(y)]
  const rows = new Float64Array(size * size)
  for (let v = 0; v < size; v++) for (let u = 0; u < size; u++) for (let w = 0; w < size; w++) rows[v * size + u]! += kx[u * size + w]! * image[v * size + w]!
  for (let v = 0; v < size; v++) for (let u = 0; u < size; u++) for (let w = 0; w < size; w++) out[v * size + u]! += ky[v * size + w]! * rows[w * size + u]!
  return out
}

function spots(): Float64Array {
  const out = new Float64Array(size * size)
  for (const { at, width, weight } of randomBlobs(3, 5, 8)) for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) out[y * size + x]! += weight * Math.exp(-((x - centre - at[0]) ** 2 + (y - centre - at[1]) ** 2) / (2 * Math.max(width, 0.9) ** 2))
  return out
}

describe('offsets', () => {
  it('are all multiples of the step within the range, with their neighbours and a prior of the given width', () => {
    const grid = offsetGrid(2, 1)!
    expect(grid.x.length).toBe(13)
    expect([...grid.lengths]).toEqual([0, 1, Math.SQRT2, 2])
    expect(grid.neighbours[0]!.map((s) => Math.hypot(grid.x[s]!, grid.y[s]!))).toEqual([1, 1, 1, 1])
    const wide = offsetGrid(6, 0.5)!
    const prior = offsetPrior(wide, 1.3)
    expect(prior.reduce((sum, p) => sum + Math.exp(p), 0)).toBeCloseTo(1, 9)
    expect(Math.sqrt(prior.reduce((sum, p, s) => sum + Math.exp(p) * wide.x[s]! ** 2, 0))).toBeCloseTo(1.3, 2)
    expect(offsetGrid(0, 1)).toBeUndefined()
    expect(() => offsetGrid(1, 2)).toThrow('at most the range')
  })

  it('shift coefficients as an exact phase ramp shifts the image', () => {
    const image = steerableBasis({ boxSize: size, radius: 11, maxFrequency: (2 * Math.PI * 9) / size })
    const plan = bandPlan({ basis: image, buffer: new SharedArrayBuffer(0), count: 0, noiseVariance: 1 }, 6)
    const grid = offsetGrid(2.5, 0.5)!
    const kernel = new Kernel(64e6)
    const matrices = shiftMatrices(kernel, image, { counts: plan.layout.counts, map: plan.map, lengths: grid.lengths })
    const shifter = new ComponentShifter(kernel, { counts: plan.layout.counts, map: plan.map, grid, matrices, batch: 2 })
    const picture = spots()
    shifter.apply(Float32Array.from(expandImage(image, picture)), 1)
    const length = matrices.rows[0] + matrices.rows[1]
    for (let s = 0; s < grid.x.length; s += 3) {
      const full = expandImage(image, ramped(picture, grid.x[s]!, grid.y[s]!))
      const found = shifter.shifted.data.subarray(2 * s * length, (2 * s + 1) * length)
      let at = 0
      let error = 0
      let norm = 0
      plan.layout.counts.forEach((count, m) => {
        for (const part of m === 0 ? [0] : [0, 1]) {
          for (let p = 0; p < count; p++, at++) {
            let expected = 0
            for (let q = 0; q < image.counts[m]!; q++) expected += plan.map.projection[m]![p * image.counts[m]! + q]! * full[image.offsets[m]! + part * image.counts[m]! + q]!
            error += (expected - found[at]!) ** 2
            norm += expected ** 2
          }
        }
      })
      expect(Math.sqrt(error / norm), `offset ${grid.x[s]}, ${grid.y[s]}`).toBeLessThan(0.02)
    }
  })
})
