import { beforeAll, describe, expect, it } from 'vitest'
import { evaluateVolume, sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { steerableBasis } from '#core/basis/steerable.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { rotationAngle, rotationFromEuler } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation, resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { silentContext } from '#job/context.ts'
import { Kernel } from '#kernel/kernel.ts'
import { bandPlan, type ImageCoefficients } from '#method/expectation-maximization/band-plan.ts'
import { envelopeMatrices } from '#method/expectation-maximization/envelope.ts'
import { expandVolume } from '#method/expectation-maximization/expand-volume.ts'
import { imageSpectrum, spectrumVariances } from '#method/expectation-maximization/image-spectrum.ts'
import { initialModel } from '#method/expectation-maximization/initial-model.ts'
import { iterate } from '#method/expectation-maximization/image-set.ts'
import '#method/expectation-maximization/operations.ts'
import { binMeans } from '#method/expectation-maximization/radial-prior.ts'
import { randomStart } from '#method/expectation-maximization/random-start.ts'
import { refineHalves } from '#method/expectation-maximization/refine-halves.ts'
import { shellCorrelation } from '#method/expectation-maximization/shell-correlation.ts'
import { ImageTransform } from '#method/steerable/image-transform.ts'
import { blobImages, type BlobImages } from '../../support/blob-images.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

const size = 25
const radius = 11
const blobs = randomBlobs(21, 6, 9)
const truth = blobVolume(size, blobs)
const context = silentContext()

function coefficientsOf(images: BlobImages, count: number, sigma: number): ImageCoefficients {
  const basis = steerableBasis({ boxSize: size, radius, maxFrequency: (2 * Math.PI * 8) / size })
  const buffer = new SharedArrayBuffer(4 * count * basis.length)
  const kernel = new Kernel(64e6)
  const block = kernel.allocate(images.pixels.length)
  block.data.set(images.pixels)
  const out = new Float32Array(buffer)
  new ImageTransform(kernel, basis, count).apply(block, count, out)
  for (let i = 0; i < out.length; i++) out[i]! /= sigma
  return { basis, buffer, count, noiseVariance: sigma * sigma }
}

describe('expandVolume', () => {
  it('inverts evaluateVolume', () => {
    const basis = sphericalBesselBasis({ degree: 6, radius: 11, maxFrequency: 1.1 })
    const random = new Random(2)
    const x = Float64Array.from({ length: basis.length }, () => random.normal())
    const back = expandVolume(basis, evaluateVolume(basis, x, size), size)
    const norm = Math.hypot(...x)
    expect(Math.hypot(...back.map((value, i) => value - x[i]!)) / norm).toBeLessThan(0.02)
  })
})

describe('envelopeMatrices', () => {
  it('multiply a volume by its envelope', () => {
    // a smooth volume, and more radial functions to hold the product
    const basis = sphericalBesselBasis({ degree: 4, radius: 11, maxFrequency: 2 })
    const random = new Random(7)
    const x = new Float64Array(basis.length)
    basis.counts.forEach((count, l) => {
      for (let k = 0; k < 2 * l + 1; k++) for (let s = 0; s < 2; s++) x[basis.offsets[l]! + k * count + s] = random.normal()
    })
    const envelope = Float64Array.from({ length: 23 }, (_, i) => 1 / (1 + (i / 12) ** 2))
    const matrices = envelopeMatrices(basis, envelope)
    const y = new Float64Array(basis.length)
    basis.counts.forEach((count, l) => {
      for (let k = 0; k < 2 * l + 1; k++) for (let s = 0; s < count; s++) for (let t = 0; t < count; t++) y[basis.offsets[l]! + k * count + s]! += matrices[l]![s * count + t]! * x[basis.offsets[l]! + k * count + t]!
    })
    const before = evaluateVolume(basis, x, size)
    const after = evaluateVolume(basis, y, size)
    const largest = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const centre = Math.floor(size / 2)
    for (const [px, py, pz] of [[0, 0, 0], [3, -2, 1], [-5, 1, 4], [2, 6, -3]] as const) {
      const at = ((pz + centre) * size + py + centre) * size + px + centre
      const r = Math.hypot(px, py, pz)
      expect(Math.abs(after[at]! - before[at]! / (1 + (r / 6) ** 2))).toBeLessThan(0.01 * largest)
    }
  })
})

describe('shellCorrelation', () => {
  it('is the correlation over the sphere of the voxels\u2019 Fourier transform', () => {
    // well below Nyquist, so that the sum over voxels is the integral
    const basis = sphericalBesselBasis({ degree: 5, radius: 11, maxFrequency: 0.9 })
    const random = new Random(3)
    const x = Float64Array.from({ length: basis.length }, () => random.normal())
    const y = x.map((value) => value + random.normal())
    const found = shellCorrelation({ basis, coefficients: x }, { basis, coefficients: y }, { boxSize: size, shells: 4 })
    const points = fibonacciSphere(150)
    const a = evaluateVolume(basis, x, size)
    const b = evaluateVolume(basis, y, size)
    for (const r of [1, 2, 3]) {
      const sums = [0, 0, 0]
      for (let j = 0; j < 150; j++) {
        const k = [0, 1, 2].map((c) => (2 * Math.PI * r * points[3 * j + c]!) / size)
        const [u, v] = [transformAt(a, k), transformAt(b, k)]
        sums[0]! += u[0] * v[0] + u[1] * v[1]
        sums[1]! += u[0] ** 2 + u[1] ** 2
        sums[2]! += v[0] ** 2 + v[1] ** 2
      }
      expect(found[r]).toBeCloseTo(sums[0]! / Math.sqrt(sums[1]! * sums[2]!), 2)
    }
  })
})

function transformAt(data: Float32Array, k: readonly number[]): readonly [number, number] {
  let re = 0
  let im = 0
  const c = Math.floor(size / 2)
  for (let z = 0, i = 0; z < size; z++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, i++) {
        const phase = k[0]! * (x - c) + k[1]! * (y - c) + k[2]! * (z - c)
        re += data[i]! * Math.cos(phase)
        im -= data[i]! * Math.sin(phase)
      }
    }
  }
  return [re, im]
}

describe('expectation-maximization on simulated images', () => {
  const count = 600
  const sigma = 1.5
  let images: ImageCoefficients
  let simulated: BlobImages
  beforeAll(() => {
    simulated = blobImages(blobs, { size, count, sigma, seed: 5 })
    images = coefficientsOf(simulated, count, sigma)
  })

  it('tells the volume\u2019s spectrum from the images alone', () => {
    const plan = bandPlan(images, 7)
    const spectrum = imageSpectrum(images, Int32Array.from({ length: count }, (_, i) => i), plan)
    const power = binMeans(plan.volume, plan.bins, expandVolume(plan.volume, truth.data, size).map((x) => x * x))
    // Few Gaussian blobs: no random volume, and steeper at high frequencies than the spectrum may be
    for (let bin = 1; bin < plan.bins.count / 2; bin++) expect(Math.abs(Math.log(spectrum.variances[bin]! / power[bin]!))).toBeLessThan(Math.log(4))
    expect(power[1]! / power[Math.floor(plan.bins.count / 2)]!).toBeGreaterThan(2)
    const narrow = bandPlan(images, 5)
    const there = spectrumVariances(spectrum, narrow.volume, narrow.bins)
    expect(there.length).toBe(narrow.bins.count)
    expect(there[0]! / spectrum.variances[0]!).toBeCloseTo(1, 0)
  })

  it('never loses likelihood in plain steps under a flat prior', async () => {
    const rows = Int32Array.from({ length: count }, (_, i) => i)
    const plan = bandPlan(images, 4)
    let set = await randomStart(context, images, { rows, plan, random: new Random(1) })
    set = { ...set, variances: set.variances.map(() => 1e6) }
    let before = -Infinity
    for (let i = 0; i < 6; i++) {
      set = await iterate(context, images, set, { fixedVariances: true, steps: 30 })
      expect(set.posterior!.logLikelihood).toBeGreaterThan(before - 1e-3)
      before = set.posterior!.logLikelihood
    }
  })

  it('goes from random noise to the phantom, with half-maps that agree and poses that are right', async () => {
    const model = await initialModel(context, images, { seed: 3, radius, bands: [{ shell: 3, iterations: 10 }, { shell: 4, iterations: 8 }] })
    const refined = await refineHalves(context, {
      images,
      halves: Uint8Array.from({ length: count }, (_, i) => 1 + (i % 2)),
      start: model.starts[0]!.volume,
      startShell: 3.5,
      radius,
      maxIterations: 10,
      pixelSize: 1,
    })
    const alignment = alignVolumes(refined.map, truth)
    const fsc = fourierShellCorrelation(applyAlignment(refined.map, alignment), truth)
    expect(resolutionAt(fsc, 0.5).shell).toBeGreaterThan(6)
    expect(refined.shell0143).toBeGreaterThan(6)
    expect(refined.fsc[3]).toBeGreaterThan(0.75)
  })

  it('from the truth, finds the poses in RELION’s convention within the grid', async () => {
    const clean = 60
    const sharp = blobImages(blobs, { size, count: clean, sigma: 0.3, seed: 9 })
    const basis = sphericalBesselBasis({ degree: 10, radius, maxFrequency: (1.2 * 2 * Math.PI * 6) / size })
    const refined = await refineHalves(context, {
      images: coefficientsOf(sharp, clean, 0.3),
      halves: Uint8Array.from({ length: clean }, (_, i) => 1 + (i % 2)),
      start: { basis, coefficients: expandVolume(basis, truth.data, size) },
      startShell: 6,
      radius,
      maxIterations: 1,
      pixelSize: 1,
    })
    const { rot, tilt, psi } = refined.poses
    const errors = sharp.rotations.map((rotation, i) => (180 / Math.PI) * rotationAngle(rotation, rotationFromEuler(rot[i]!, tilt[i]!, psi[i]!)))
    errors.sort((a, b) => a - b)
    expect(errors[Math.floor(clean / 2)]).toBeLessThan(8)
    expect(errors[Math.floor(0.9 * clean)]).toBeLessThan(15)
  })
})
