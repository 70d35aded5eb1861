import { describe, expect, it } from 'vitest'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { fft2, fft3, signedFrequency } from '#core/math/fft.ts'
import { makePhantom, phantomFourier, phantomVoxelSize, projectPhantom, rasterizePhantom } from '#core/volume/phantom.ts'

const phantom = makePhantom(1)

/** Plain transform at signed frequencies, referred to the box centre. */
function centred(re: number, im: number, sum: number, n: number): [number, number] {
  const angle = (2 * Math.PI * sum * Math.floor(n / 2)) / n
  return [re * Math.cos(angle) - im * Math.sin(angle), re * Math.sin(angle) + im * Math.cos(angle)]
}

describe('phantom', () => {
  it('is the same for a seed, different for another, centred, inside its ball', () => {
    expect(makePhantom(1).positions).toEqual(phantom.positions)
    expect(makePhantom(2).positions).not.toEqual(phantom.positions)
    const total = phantom.amplitudes.reduce((a, b) => a + b, 0)
    for (let axis = 0; axis < 3; axis++) {
      let mean = 0
      phantom.amplitudes.forEach((a, j) => (mean += (a * phantom.positions[3 * j + axis]!) / total))
      expect(Math.abs(mean)).toBeLessThan(1e-9)
    }
    for (let j = 0; j < phantom.widths.length; j++) expect(Math.hypot(...phantom.positions.slice(3 * j, 3 * j + 3))).toBeLessThan(phantom.radius)
  })

  it.each([63, 48])('is rasterized without aliasing at box %i: its discrete transform is the closed form in every shell', (n) => {
    const voxel = phantomVoxelSize(phantom, n)
    const volume = rasterizePhantom(phantom, n)
    const re = Float64Array.from(volume.data)
    const im = new Float64Array(n ** 3)
    fft3(re, im, n)
    for (const [h, k, l] of [[0, 0, 0], [1, 0, 0], [0, -3, 2], [7, 5, -4], [-12, 9, 3], [20, -8, 5], [0, 22, -5]] as const) {
      const i = (((l + n) % n) * n + ((k + n) % n)) * n + ((h + n) % n)
      const got = centred(re[i]!, im[i]!, h + k + l, n)
      const unit = (2 * Math.PI) / (n * voxel)
      const want = phantomFourier(phantom, h * unit, k * unit, l * unit).map((v) => v / voxel ** 3)
      expect(Math.hypot(got[0] - want[0]!, got[1] - want[1]!) / re[0]!).toBeLessThan(2e-6)
    }
  })

  it('has detail far out and next to nothing outside 0.4 of the box', () => {
    const n = 63
    const volume = rasterizePhantom(phantom, n)
    let outside = 0
    let energy = 0
    for (let z = 0, i = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++, i++) {
      energy += volume.data[i]! ** 2
      if (Math.hypot(x - 31, y - 31, z - 31) > 0.42 * n) outside += volume.data[i]! ** 2
    }
    expect(outside / energy).toBeLessThan(1e-3)
    const re = Float64Array.from(volume.data)
    const im = new Float64Array(n ** 3)
    fft3(re, im, n)
    let power = 0
    let total = 0
    for (let z = 0, i = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++, i++) {
      const r = Math.hypot(signedFrequency(x, n), signedFrequency(y, n), signedFrequency(z, n))
      if (i > 0) total += re[i]! ** 2 + im[i]! ** 2
      if (r > 20 && r < 26) power += re[i]! ** 2 + im[i]! ** 2
    }
    expect(power / total).toBeGreaterThan(0.005)
  })

  it('projects as the slice theorem says', () => {
    const n = 65
    const voxel = 2.4
    const rotation = rotationFromEuler(0.7, 1.1, -2)
    const re = projectPhantom(phantom, rotation, n, voxel)
    const im = new Float64Array(n * n)
    fft2(re, im, n)
    for (const [h, k] of [[0, 0], [2, 1], [-5, 4], [9, -7], [0, 14]] as const) {
      const i = ((k + n) % n) * n + ((h + n) % n)
      const got = centred(re[i]!, im[i]!, h + k, n)
      const unit = (2 * Math.PI) / (n * voxel)
      const at = [0, 1, 2].map((axis) => unit * (rotation[axis]! * h + rotation[3 + axis]! * k))
      const want = phantomFourier(phantom, at[0]!, at[1]!, at[2]!).map((v) => v / voxel ** 3)
      // The projection is sampled, not band-limited: what aliases in is below this.
      expect(Math.hypot(got[0] - want[0]!, got[1] - want[1]!) / re[0]!).toBeLessThan(2e-4)
    }
  })
})
