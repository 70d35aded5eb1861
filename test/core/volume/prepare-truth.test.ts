import { describe, expect, it } from 'vitest'
import { fft3, signedFrequency } from '#core/math/fft.ts'
import { particleExtent } from '#core/volume/particle-extent.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { prepareTruth } from '#core/volume/prepare-truth.ts'
import { shiftVolume } from '#core/volume/resample.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'

const phantom = makePhantom(1)

/** A ball of radius r about a centre (from the box centre), 1 inside, 0 outside. */
function ball(n: number, r: number, centre: readonly [number, number, number]): Volume {
  const data = new Float32Array(n ** 3)
  const c = Math.floor(n / 2)
  for (let z = 0, i = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++, i++) {
    if (Math.hypot(x - c - centre[0], y - c - centre[1], z - c - centre[2]) <= r) data[i] = 1
  }
  return makeVolume(n, 1, data)
}

describe('particleExtent', () => {
  it('finds a ball', () => {
    const centred = particleExtent(ball(40, 9, [0, 0, 0]))!
    centred.centre.forEach((v) => expect(v).toBeCloseTo(0, 10))
    expect(Math.abs(centred.radius - 9)).toBeLessThanOrEqual(1)
    const moved = particleExtent(ball(41, 6, [5, 0, -3]))!
    expect(moved.centre.map((v) => Math.round(v * 1e6) / 1e6 + 0)).toEqual([5, 0, -3])
    expect(Math.abs(moved.radius - (6 + Math.hypot(5, 3)))).toBeLessThanOrEqual(1)
  })

  it('says nothing of a constant map', () => {
    expect(particleExtent(makeVolume(4, 1, new Float32Array(64).fill(-7)))).toBeUndefined()
  })
})

describe('prepareTruth', () => {
  it('keeps the field of view, has norm 1, and nothing at or beyond Nyquist', () => {
    const n = 31
    const map = rasterizePhantom(phantom, 48)
    const truth = prepareTruth(map, n)
    expect(truth.volume.voxelSize).toBeCloseTo((map.voxelSize * 48) / n, 10)
    expect(truth.volume.data.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 5)
    expect(truth.warnings).toEqual([])
    const re = Float64Array.from(truth.volume.data)
    const im = new Float64Array(n ** 3)
    fft3(re, im, n)
    for (let z = 0, i = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++, i++) {
      if (Math.hypot(signedFrequency(x, n), signedFrequency(y, n), signedFrequency(z, n)) >= n / 2) expect(Math.hypot(re[i]!, im[i]!) / re[0]!).toBeLessThan(1e-6)
    }
    // The mean of the density survives Fourier cropping: the factor is the whole difference.
    const mean = (v: Volume): number => v.data.reduce((a, b) => a + b, 0) / v.data.length
    expect(mean(truth.volume) / mean(map) / truth.factor).toBeCloseTo(1, 5)
  })

  it('warns of a particle off the centre and of one that fills the box', () => {
    const map = rasterizePhantom(phantom, 48, 5)
    expect(prepareTruth(map, 32).warnings).toEqual([])
    expect(prepareTruth(shiftVolume(map, [6, 0, 0]), 32).warnings[0]).toMatch(/centre of mass is \d\.\d voxels off the box centre \(\d\.\d, -?0\.\d, -?0\.\d\)/)
    expect(prepareTruth(ball(32, 16, [0, 0, 0]), 32).warnings[0]).toContain('the particle reaches 16 pixels from the centre of a box of 32')
  })

  it('cuts to a box at a pixel size, unless that cuts the particle', () => {
    const map = rasterizePhantom(phantom, 64, 4)
    const truth = prepareTruth(map, 40, { pixelSize: 4, scale: 'original' })
    expect(truth.volume.voxelSize).toBe(4)
    expect(truth.factor).toBe(1)
    expect(() => prepareTruth(map, 24, { pixelSize: 4 })).toThrow(/a box of 24 is smaller than the particle, which needs about \d\d pixels of 4.000 Angstrom/)
    expect(() => prepareTruth(map, 24, { pixelSize: 400 })).toThrow('the map has only 1 voxels a side')
  })
})
