import { describe, expect, it } from 'vitest'
import { evaluateVolume, fourierProfiles, sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { SliceModel } from '#method/steerable/slice-model.ts'
import { identityComponents } from '../support/identity-components.ts'

const image = steerableBasis({ boxSize: 25, radius: 11, maxFrequency: 0.8 * Math.PI })
const volume = sphericalBesselBasis({ degree: 7, radius: 9, maxFrequency: 0.9 * Math.PI })
const random = new Random(3)
const coefficients = Float64Array.from({ length: volume.length }, () => random.normal())

/** Components of one central slice from the definition: V^ on polar points, Fourier over the angle, whitening. */
function bruteForce(w: readonly [number, number, number], m: number): { re: Float64Array; im: Float64Array } {
  const tilt = Math.acos(w[2])
  const rot = Math.atan2(w[1], w[0])
  const a = [Math.cos(tilt) * Math.cos(rot), Math.cos(tilt) * Math.sin(rot), -Math.sin(tilt)]
  const b = [-Math.sin(rot), Math.cos(rot), 0]
  const angles = 64
  const profiles = fourierProfiles(volume, image.nodes)
  const count = image.counts[m]!
  const re = new Float64Array(count)
  const im = new Float64Array(count)
  for (let i = 0; i < angles; i++) {
    const phi = (2 * Math.PI * i) / angles
    const k = a.map((x, c) => Math.cos(phi) * x + Math.sin(phi) * b[c]!)
    const harmonics = realSphericalHarmonics(volume.degree, k[0]!, k[1]!, k[2]!)
    for (let s = 0; s < image.nodes.length; s++) {
      let vr = 0
      let vi = 0
      for (let l = 0; l <= volume.degree; l++) {
        let sum = 0
        for (let mu = 0; mu < 2 * l + 1; mu++) {
          for (let q = 0; q < volume.counts[l]!; q++) {
            sum += coefficients[volume.offsets[l]! + mu * volume.counts[l]! + q]! * profiles[l]![q * image.nodes.length + s]! * harmonics[l * l + mu]!
          }
        }
        if (l % 4 === 0) vr += sum
        else if (l % 4 === 1) vi -= sum
        else if (l % 4 === 2) vr -= sum
        else vi += sum
      }
      const c = Math.cos(m * phi) / angles
      const d = -Math.sin(m * phi) / angles
      for (let p = 0; p < count; p++) {
        const weight = image.whitening[m]![s * count + p]! * image.rootWeights[s]!
        re[p]! += weight * (vr * c - vi * d)
        im[p]! += weight * (vr * d + vi * c)
      }
    }
  }
  return { re, im }
}

describe('SliceModel', () => {
  const directions = fibonacciSphere(10)
  const kernel = new Kernel(64e6)
  const model = new SliceModel(kernel, { volume, image, components: identityComponents(image), directions })
  model.evaluate(coefficients)

  it('equals the angular Fourier coefficients of polar slices taken point by point', () => {
    for (const m of [0, 1, 2, 5, 7]) {
      for (const j of [0, 4, 9]) {
        const expected = bruteForce([directions[3 * j]!, directions[3 * j + 1]!, directions[3 * j + 2]!], m)
        const size = Math.hypot(...expected.re, ...expected.im)
        for (let p = 0; p < model.counts[m]!; p++) {
          expect(Math.abs(model.slices[m]!.data[p * 2 * model.padded + j]! - expected.re[p]!)).toBeLessThan(2e-6 * size + 1e-6)
          expect(Math.abs(model.slices[m]!.data[p * 2 * model.padded + model.padded + j]! - expected.im[p]!)).toBeLessThan(2e-6 * size + 1e-6)
        }
      }
    }
  })

  it('gives (-1)^m conj z_m for the opposite direction', () => {
    for (const m of [1, 2, 4]) {
      const w = [directions[9]!, directions[10]!, directions[11]!] as const
      const here = bruteForce(w, m)
      const behind = bruteForce([-w[0], -w[1], -w[2]], m)
      const sign = m % 2 === 0 ? 1 : -1
      for (let p = 0; p < here.re.length; p++) {
        expect(behind.re[p]).toBeCloseTo(sign * here.re[p]!, 8)
        expect(behind.im[p]).toBeCloseTo(-sign * here.im[p]!, 8)
      }
    }
  })

  it('has the exact adjoint', () => {
    const gradients = model.slices.map((slice) => {
      const block = kernel.allocate(slice.data.length)
      for (let i = 0; i < block.data.length; i++) if (i % model.padded < model.directionCount) block.data[i] = random.normal()
      return block
    })
    const back = model.adjoint(gradients)
    let left = 0
    model.slices.forEach((slice, m) => slice.data.forEach((z, i) => (left += z * gradients[m]!.data[i]!)))
    let right = 0
    back.forEach((g, i) => (right += g * coefficients[i]!))
    expect(Math.abs(left - right)).toBeLessThan(1e-4 * Math.abs(left) + 1e-3)
  })

  it('agrees with the pixels: projection along z of the rasterised volume, expanded in the image basis', () => {
    // Radial functions band-limited well below Nyquist, so that summing voxels is the integral.
    const smooth = sphericalBesselBasis({ degree: 5, radius: 9, maxFrequency: 0.5 * Math.PI })
    const x = Float64Array.from({ length: smooth.length }, () => random.normal())
    const voxels = evaluateVolume(smooth, x, 25)
    const projection = new Float64Array(25 * 25)
    voxels.forEach((v, i) => (projection[i % 625]! += v))
    const y = expandImage(image, projection)
    const along = new SliceModel(kernel, { volume: smooth, image, components: identityComponents(image), directions: Float64Array.of(0, 0, 1) })
    along.evaluate(x)
    let difference = 0
    let total = 0
    along.counts.forEach((count, m) => {
      for (let p = 0; p < count; p++) {
        const re = along.slices[m]!.data[p * 2 * along.padded]!
        const im = along.slices[m]!.data[p * 2 * along.padded + along.padded]!
        difference += (re - y[image.offsets[m]! + p]!) ** 2
        if (m > 0) difference += (im - y[image.offsets[m]! + count + p]!) ** 2
        total += re * re + im * im
      }
    })
    expect(Math.sqrt(difference / total)).toBeLessThan(0.02)
  })
})
