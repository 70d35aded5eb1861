import { describe, expect, it } from 'vitest'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import { centralSlice, projectDirectly } from '#core/slice/central-slice.ts'
import { makePhantom, phantomVoxelSize, projectPhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { bandLimit } from '#core/volume/resample.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { Projector } from '#kernel/projector.ts'

function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0
  let energy = 0
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    energy += b[i]! ** 2
  }
  return Math.sqrt(difference / energy)
}

const angles = [[0, 0, 0], [0.3, 1.1, -2], [2.9, 0.02, 0.4], [-1, Math.PI / 2, 1], [1.3, 3, -0.7]] as const

describe('Projector', () => {
  it.each([15, 16, 20, 23])('equals direct sums in float64 on noise that fills the box (box %i)', (n) => {
    const random = new Random(n)
    const volume = makeVolume(n, 1, Float32Array.from({ length: n ** 3 }, () => random.normal()))
    const projector = new Projector(volume)
    const images = new Float32Array(angles.length * n * n)
    const rotations = angles.map((a) => rotationFromEuler(a[0], a[1], a[2]))
    projector.project(rotations.flatMap((r) => Array.from(r)), images)
    rotations.forEach((rotation, i) => {
      expect(relativeError(images.subarray(i * n * n, (i + 1) * n * n), projectDirectly(volume, rotation))).toBeLessThan(1.5e-3)
    })
  })

  it('gives slices at any points of the plane', () => {
    const n = 14
    const random = new Random(1)
    const volume = makeVolume(n, 1, Float32Array.from({ length: n ** 3 }, () => random.normal()))
    const points = Float32Array.from({ length: 1000 }, () => (random.uniform() - 0.5) * 9.8)
    const rotation = rotationFromEuler(0.3, 2, 1)
    const got = new Projector(volume).slice(rotation, points)
    const want = centralSlice(volume, rotation, points)
    expect(relativeError(got.re, want.re)).toBeLessThan(1.5e-3)
    expect(relativeError(got.im, want.im)).toBeLessThan(1.5e-3)
  })

  it('sums along z at the identity', () => {
    const n = 21
    const random = new Random(4)
    const volume = bandLimit(makeVolume(n, 1, Float32Array.from({ length: n ** 3 }, () => random.normal())))
    const image = new Float32Array(n * n)
    new Projector(volume).project(rotationFromEuler(0, 0, 0), image)
    const want = new Float64Array(n * n)
    volume.data.forEach((value, i) => (want[i % (n * n)]! += value))
    expect(relativeError(image, want)).toBeLessThan(1.5e-3)
  })

  it.each([48, 63])('equals the analytic projections of the phantom (box %i)', (n) => {
    // Blobs widened so that nothing lies beyond Nyquist.
    const base = makePhantom(1)
    const phantom = { ...base, widths: base.widths.map((w) => w * 2.2 * (63 / n)) }
    const voxel = 1.1 * phantomVoxelSize(base, n)
    const projector = new Projector(rasterizePhantom(phantom, n, voxel))
    const image = new Float32Array(n * n)
    for (const [rot, tilt, psi] of angles) {
      const rotation = rotationFromEuler(rot, tilt, psi)
      projector.project(rotation, image)
      expect(relativeError(image, projectPhantom(phantom, rotation, n, voxel))).toBeLessThan(1.5e-3)
    }
  })
})
