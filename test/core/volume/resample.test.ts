import { describe, expect, it } from 'vitest'
import { multiplyRotations, rotationFromEuler } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import type { Phantom } from '#core/volume/phantom.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { bandLimit, cropOrPad, fourierResample, padToCube, rotateVolume, shiftVolume } from '#core/volume/resample.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'

function randomVolume(n: number, seed: number): Volume {
  const random = new Random(seed)
  return makeVolume(n, 2, Float32Array.from({ length: n ** 3 }, () => random.normal()), [1, 2, 3])
}

function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0
  let energy = 0
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    energy += b[i]! ** 2
  }
  return Math.sqrt(difference / energy)
}

/** Part of a phantom with its blobs widened, so that nothing lies beyond the Nyquist frequency. */
function blurred(phantom: Phantom, factor: number): Phantom {
  return { positions: phantom.positions.slice(0, 600), widths: phantom.widths.slice(0, 200).map((w) => factor * w), amplitudes: phantom.amplitudes.slice(0, 200), radius: phantom.radius }
}

/** The phantom itself moved: x -> R x + t, or R (-x) + t. */
function moved(phantom: Phantom, rotation: ArrayLike<number>, shift: readonly number[], mirrored: boolean): Phantom {
  const positions = new Float64Array(phantom.positions.length)
  const sign = mirrored ? -1 : 1
  for (let j = 0; j < phantom.widths.length; j++) {
    for (let row = 0; row < 3; row++) {
      let sum = shift[row]!
      for (let column = 0; column < 3; column++) sum += sign * rotation[3 * row + column]! * phantom.positions[3 * j + column]!
      positions[3 * j + row] = sum
    }
  }
  return { ...phantom, positions }
}

describe('box changes', () => {
  it('pad and crop keep the centre voxel and the place in space', () => {
    for (const [n, m] of [[6, 9], [7, 10], [6, 10], [7, 9]] as const) {
      const volume = randomVolume(n, n)
      const padded = cropOrPad(volume, m)
      const at = (v: Volume, d: number): number => v.data[((Math.floor(v.size / 2) + d) * v.size + Math.floor(v.size / 2)) * v.size + Math.floor(v.size / 2) - d]!
      expect([at(padded, 0), at(padded, 1), at(padded, -2)]).toEqual([at(volume, 0), at(volume, 1), at(volume, -2)])
      expect(padded.origin[0] + Math.floor(m / 2) * 2).toBe(1 + Math.floor(n / 2) * 2)
      expect(cropOrPad(padded, n).data).toEqual(volume.data)
      expect(cropOrPad(padded, n).origin).toEqual(volume.origin)
    }
  })

  it('puts a box of any shape into a cube', () => {
    const cube = padToCube(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2, 1], 1.5)
    expect(cube.size).toBe(3)
    expect(Array.from(cube.data.slice(9, 18))).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0])
    expect(cube.data.reduce((a, b) => a + b)).toBe(21)
    expect(cube.origin).toEqual([0, 0, -1.5])
  })
})

describe('fourierResample', () => {
  it.each([[32, 45], [45, 32], [40, 39], [39, 40], [27, 54], [55, 28]])('reads the same band-limited density from box %i at box %i', (n, m) => {
    // Wide blobs: nothing beyond the Nyquist frequency of either box, so both must equal direct rasters.
    const base = makePhantom(3)
    const phantom = blurred(base, 8)
    const voxel = 6 * (48 / n)
    const source = rasterizePhantom(phantom, n, voxel)
    const resampled = fourierResample(source, m)
    expect(resampled.voxelSize).toBeCloseTo((voxel * n) / m, 12)
    expect(relativeError(resampled.data, rasterizePhantom(phantom, m, resampled.voxelSize).data)).toBeLessThan(2e-4)
  })

  it('preserves the mean and the centre, and is undone by the way back', () => {
    const volume = randomVolume(9, 4)
    const up = fourierResample(volume, 14)
    const mean = (v: Volume): number => v.data.reduce((a, b) => a + b, 0) / v.data.length
    expect(mean(up)).toBeCloseTo(mean(volume), 6)
    const centre = (v: Volume): number => v.origin[0] + Math.floor(v.size / 2) * v.voxelSize
    expect(centre(up)).toBeCloseTo(centre(volume), 12)
    expect(relativeError(fourierResample(up, 9).data, volume.data)).toBeLessThan(1e-6)
    expect(up.data[(7 * 14 + 7) * 14 + 7]).toBeCloseTo(volume.data[(4 * 9 + 4) * 9 + 4]!, 5)
  })
})

describe('shiftVolume', () => {
  it.each([8, 9])('moves by whole voxels exactly (box %i)', (n) => {
    const volume = randomVolume(n, 5)
    const shifted = shiftVolume(volume, [1, -2, 3])
    for (let z = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) {
      const to = (((z + 3) % n) * n + ((y - 2 + n) % n)) * n + ((x + 1) % n)
      expect(shifted.data[to]).toBeCloseTo(volume.data[(z * n + y) * n + x]!, 5)
    }
  })

  it('moves by fractions as the phantom itself does', () => {
    const base = makePhantom(1)
    const phantom = blurred(base, 3)
    const shift = [0.37, -1.6, 2.25] as const
    const voxel = 5.4
    const want = rasterizePhantom(moved(phantom, [1, 0, 0, 0, 1, 0, 0, 0, 1], shift.map((s) => s * voxel), false), 40, voxel)
    expect(relativeError(shiftVolume(rasterizePhantom(phantom, 40, voxel), shift).data, want.data)).toBeLessThan(1e-4)
  })
})

describe('rotateVolume', () => {
  it.each([48, 49])('turns, mirrors and shifts as the phantom itself (box %i)', (n) => {
    const base = makePhantom(1)
    const phantom = blurred(base, 3.5)
    const voxel = 4.6
    const volume = rasterizePhantom(phantom, n, voxel)
    for (const [angles, shift, mirrored] of [[[0.4, 1.2, -2.1], [0, 0, 0], false], [[3, 0.3, 1], [1.3, -2.2, 0.6], false], [[-1, 2.5, 0.2], [0.5, 1, -1.4], true]] as const) {
      const rotation = rotationFromEuler(angles[0], angles[1], angles[2])
      const want = rasterizePhantom(moved(phantom, rotation, shift.map((s) => s * voxel), mirrored), n, voxel)
      expect(relativeError(rotateVolume(volume, rotation, { shift, mirrored }).data, bandLimit(want).data)).toBeLessThan(1e-3)
    }
  })

  it('is exact for the identity and composes', () => {
    const base = makePhantom(2)
    const volume = bandLimit(rasterizePhantom(blurred(base, 3.5), 48, 4.6))
    expect(relativeError(rotateVolume(volume, [1, 0, 0, 0, 1, 0, 0, 0, 1]).data, volume.data)).toBeLessThan(2e-5)
    const a = rotationFromEuler(0.3, 0.8, 0.2)
    const b = rotationFromEuler(-1, 0.4, 2)
    const twice = rotateVolume(rotateVolume(volume, a), b)
    expect(relativeError(twice.data, rotateVolume(volume, multiplyRotations(b, a)).data)).toBeLessThan(2e-3)
  })
})
