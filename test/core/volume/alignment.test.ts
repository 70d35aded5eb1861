import { describe, expect, it } from 'vitest'
import { randomRotation, rotateVector, rotationAngle, transposeRotation } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

type Vector = readonly [number, number, number]

/** A blob phantom and an exact copy (blobs moved, nothing interpolated): copy(x) = fixed(+-R^T (x - shift)). */
function pair(size: number, seed: number, options: { mirrored: boolean; noise?: number }): { fixed: Volume; moving: Volume; rotation: Float64Array; shift: Vector } {
  const random = new Random(seed)
  const blobs = randomBlobs(seed, 0.25 * size)
  const rotation = randomRotation(random)
  const shift: Vector = [0.05 * size * random.normal(), 0.05 * size * random.normal(), 0.05 * size * random.normal()]
  const sign = options.mirrored ? -1 : 1
  const place = (at: Vector): Vector => {
    const turned = rotateVector(rotation, at)
    return [sign * turned[0] + shift[0], sign * turned[1] + shift[1], sign * turned[2] + shift[2]]
  }
  return { fixed: blobVolume(size, blobs), moving: blobVolume(size, blobs, { place, ...(options.noise ? { noise: options.noise, seed } : {}) }), rotation, shift }
}

/** Errors of an alignment that should undo the copy: R2 = R^T, shift2 = -+R2 shift. */
function errors(copy: ReturnType<typeof pair>, found: ReturnType<typeof alignVolumes>): { degrees: number; voxels: number } {
  const sign = found.mirrored ? -1 : 1
  const expected = rotateVector(found.rotation, copy.shift).map((v) => -sign * v)
  return {
    degrees: (rotationAngle(found.rotation, transposeRotation(copy.rotation)) * 180) / Math.PI,
    voxels: Math.hypot(...expected.map((v, i) => v - found.shift[i]!)),
  }
}

describe('alignVolumes', () => {
  it.each([
    [32, 2, true],
    [33, 3, false],
    [64, 6, true],
  ] as const)('finds rotation, shift and hand of an exact copy: box %i, seed %i, mirrored %s', (size, seed, mirrored) => {
    const copy = pair(size, seed, { mirrored })
    const found = alignVolumes(copy.moving, copy.fixed)
    expect(found.mirrored).toBe(mirrored)
    const { degrees, voxels } = errors(copy, found)
    expect(degrees).toBeLessThan(0.2)
    expect(voxels).toBeLessThan(0.03)
    expect(found.correlation).toBeGreaterThan(0.998)
    expect(found.correlationOtherHand).toBeLessThan(found.correlation - 0.05)
  })

  it('lays the moving map on the fixed one: applyAlignment undoes the copy', () => {
    const copy = pair(33, 12, { mirrored: true })
    const aligned = applyAlignment(copy.moving, alignVolumes(copy.moving, copy.fixed))
    const curve = fourierShellCorrelation(aligned, copy.fixed)
    // the blobs end near shell 8
    for (let i = 1; i <= 7; i++) expect(curve.correlation[i]).toBeGreaterThan(0.998)
  })

  it.each([7, 8])('holds under noise as strong as the signal, seed %i', (seed) => {
    const mirrored = seed % 2 === 0
    const clean = pair(32, seed, { mirrored })
    const mean = clean.moving.data.reduce((s, v) => s + v, 0) / clean.moving.data.length
    const deviation = Math.sqrt(clean.moving.data.reduce((s, v) => s + (v - mean) ** 2, 0) / clean.moving.data.length)
    const copy = pair(32, seed, { mirrored, noise: deviation })
    const found = alignVolumes(copy.moving, copy.fixed)
    expect(found.mirrored).toBe(mirrored)
    const { degrees, voxels } = errors(copy, found)
    expect(degrees).toBeLessThan(1)
    expect(voxels).toBeLessThan(0.15)
  })

  it.each([10, 11])('aligns a blurred reconstruction to a sharp truth, seed %i', (seed) => {
    const size = 32
    const copy = pair(size, seed, { mirrored: true })
    const blurred = blobVolume(size, randomBlobs(seed, 0.25 * size).map((blob) => ({ ...blob, width: Math.hypot(blob.width, 0.06 * size), weight: blob.weight * (blob.width / Math.hypot(blob.width, 0.06 * size)) ** 3 })), {
      place: (at) => {
        const turned = rotateVector(copy.rotation, at)
        return [copy.shift[0] - turned[0], copy.shift[1] - turned[1], copy.shift[2] - turned[2]]
      },
      noise: 0.02,
    })
    const found = alignVolumes(blurred, copy.fixed)
    expect(found.mirrored).toBe(true)
    expect(errors(copy, found).degrees).toBeLessThan(3)
  })

  it('does not mind scale, sign of the background, or a constant added', () => {
    const copy = pair(32, 13, { mirrored: false })
    const found = alignVolumes({ ...copy.moving, data: copy.moving.data.map((v) => 1e-6 * v - 3e-6) }, copy.fixed)
    expect(errors(copy, found).degrees).toBeLessThan(0.2)
  })

  it('says of maps that have nothing in common that they do not agree', () => {
    const noise = (seed: number): Volume => blobVolume(16, [], { noise: 1, seed })
    const found = alignVolumes(noise(1), noise(2))
    expect(found.correlation).toBeLessThan(0.5)
    expect(found.rotation.every(Number.isFinite)).toBe(true)
  })

  it('refuses different boxes, constant maps and NaN in one sentence', () => {
    const { fixed, moving } = pair(16, 1, { mirrored: false })
    expect(() => alignVolumes(moving, makeVolume(8, 1, new Float32Array(512)))).toThrow(/same box, found 16 and 8/)
    expect(() => alignVolumes({ ...moving, data: new Float32Array(16 ** 3).fill(2) }, fixed)).toThrow(/moving map is constant \(2\)/)
    expect(() => alignVolumes(moving, { ...fixed, data: fixed.data.map(() => NaN) })).toThrow(/fixed map holds NaN/)
  })
})
