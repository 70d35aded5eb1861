import { describe, expect, it } from 'vitest'
import { sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { silentContext } from '#job/context.ts'
import { Kernel } from '#kernel/kernel.ts'
import { bandPlan, type ImageCoefficients } from '#method/expectation-maximization/band-plan.ts'
import { expandVolume } from '#method/expectation-maximization/expand-volume.ts'
import { ExpectationStep, type ExpectationInput, type ExpectationResult } from '#method/expectation-maximization/expectation.ts'
import { OffsetExpectationStep } from '#method/expectation-maximization/offset-expectation.ts'
import { offsetGrid, offsetPrior } from '#method/expectation-maximization/offset-grid.ts'
import { maximizeVolume } from '#method/expectation-maximization/operations.ts'
import { refineHalves } from '#method/expectation-maximization/refine-halves.ts'
import { shiftMatrices } from '#method/expectation-maximization/shift-matrices.ts'
import { blobImages } from '../../support/blob-images.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

const size = 24
const radius = 11
const blobs = randomBlobs(21, 5, 12)
const truth = blobVolume(size, blobs)
const context = silentContext()

function coefficientsOf(pixels: Float32Array, sigma: number): ImageCoefficients {
  const count = pixels.length / size ** 2
  const basis = steerableBasis({ boxSize: size, radius, maxFrequency: (2 * Math.PI * 9) / size })
  const buffer = new SharedArrayBuffer(4 * count * basis.length)
  const out = new Float32Array(buffer)
  for (let i = 0; i < count; i++) out.set(expandImage(basis, pixels.subarray(i * size * size, (i + 1) * size * size)).map((value) => value / sigma), i * basis.length)
  return { basis, buffer, count, noiseVariance: sigma * sigma }
}

/** Images moved by whole pixels; what comes in at the border is empty. */
function moved(pixels: Float32Array, x: number, y: number): Float32Array {
  return pixels.map((_, i) => {
    const u = (i % size) - x
    const v = (Math.floor(i / size) % size) - y
    return u >= 0 && u < size && v >= 0 && v < size ? pixels[i - y * size - x]! : 0
  })
}

describe('expectation over offsets', () => {
  it('is the sum over offsets of expectation steps on images that were moved in real space', async () => {
    const sigma = 1
    // Noise is left out of the border, so that moving the pixels loses nothing that the disc holds.
    const clean = blobImages(blobs, { size, count: 3, sigma: 0, seed: 4, shift: 0.8 }).pixels
    const noise = blobImages(blobs, { size, count: 3, sigma: 0.7, seed: 4, shift: 0.8 }).pixels
    const pixels = noise.map((value, i) => {
      const r = Math.hypot((i % size) - 12, (Math.floor(i / size) % size) - 12)
      return r <= 8 ? value : clean[i]!
    })
    const images = coefficientsOf(pixels, sigma)
    const plan = bandPlan(images, 5)
    const { templates } = await context.pool.run(maximizeVolume, { plan, start: expandVolume(plan.volume, truth.data, size) })
    const bias = Float32Array.from({ length: 8 * plan.layout.cellCount }, (_, k) => -templates.energies[4 * (k >> 3) + (k & 3)]!)
    const grid = offsetGrid(2, 1)!
    const deviation = 1.1
    const kernel = new Kernel(200e6)
    const matrices = shiftMatrices(kernel, images.basis, { counts: plan.layout.counts, map: plan.map, lengths: grid.lengths })
    const input = (from: ImageCoefficients, i: number): ExpectationInput => ({ coefficients: new Float32Array(from.buffer), fullLength: from.basis.length, rows: Int32Array.of(i), slices: templates.slices, bias })
    const each = [...grid.x.keys()].map((s) => coefficientsOf(moved(pixels, grid.x[s]!, grid.y[s]!), sigma))
    const prior = offsetPrior(grid, deviation)
    for (let i = 0; i < images.count; i++) {
      const found = new OffsetExpectationStep(kernel, { layout: plan.layout, map: plan.map, offsets: { grid, matrices, deviation, nearest: Int16Array.of(-1) } }).run(input(images, i))
      const single: ExpectationResult[] = each.map((set) => new ExpectationStep(kernel, plan.layout, plan.map).run(input(set, i)))
      const logs = single.map((one, s) => prior[s]! + one.logLikelihood)
      const top = Math.max(...logs)
      const total = logs.reduce((sum, value) => sum + Math.exp(value - top), 0)
      const shares = logs.map((value) => Math.exp(value - top) / total)
      expect(Math.abs(found.logLikelihood - top - Math.log(total))).toBeLessThan(0.3)
      expect(found.offsets!.means[0]).toBeCloseTo(shares.reduce((sum, p, s) => sum + p * grid.x[s]!, 0), 1)
      expect(found.offsets!.means[1]).toBeCloseTo(shares.reduce((sum, p, s) => sum + p * grid.y[s]!, 0), 1)
      let difference = 0
      let norm = 0
      for (let k = 0; k < found.numerators.length; k++) {
        const expected = single.reduce((sum, one, s) => sum + shares[s]! * one.numerators[k]!, 0)
        difference += (found.numerators[k]! - expected) ** 2
        norm += expected ** 2
      }
      expect(Math.sqrt(difference / norm)).toBeLessThan(0.1)
      expect(found.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 1)
      // From its own offset the image finds the same again.
      const again = new OffsetExpectationStep(kernel, { layout: plan.layout, map: plan.map, offsets: { grid, matrices, deviation, nearest: found.offsets!.nearest } }).run(input(images, i))
      expect(again.logLikelihood).toBeCloseTo(found.logLikelihood, 1)
    }
  })

  it('recovers offsets of 1.5 px and reaches further than a refinement that takes the images as centred', async () => {
    const count = 400
    const sigma = 1.1
    const { pixels, places } = blobImages(blobs, { size, count, sigma, seed: 5, shift: 1.5 })
    const images = coefficientsOf(pixels, sigma)
    const basis = sphericalBesselBasis({ degree: 8, radius, maxFrequency: (1.2 * 2 * Math.PI * 5) / size })
    const refined = (offsetRange: number): ReturnType<typeof refineHalves> =>
      refineHalves(context, { images, halves: Uint8Array.from({ length: count }, (_, i) => 1 + (i % 2)), start: { basis, coefficients: expandVolume(basis, truth.data, size) }, startShell: 4, radius, maxIterations: 8, pixelSize: 1, offsetRange })
    const [on, off] = [await refined(4), await refined(0)]
    const shell = (map: typeof truth): number => resolutionAt(fourierShellCorrelation(map, truth), 0.5).shell
    expect(shell(on.map)).toBeGreaterThan(shell(off.map) + 1.5)
    expect(on.offsetDeviation).toBeGreaterThan(1.2)
    expect(on.offsetDeviation).toBeLessThan(1.8)
    expect(off.offsetDeviation).toBeUndefined()
    for (const axis of [0, 1] as const) {
      const errors = places.map((place, i) => place[axis] + (axis === 0 ? on.poses.originX : on.poses.originY)[i]!)
      const mean = errors.reduce((sum, error) => sum + error, 0) / count
      expect(Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / count)).toBeLessThan(0.9)
    }
    expect(off.poses.originX.every((x) => x === 0)).toBe(true)
  })
})
