import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fourierShellCorrelation, resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'
import { writePlainMrc } from '../../support/plain-mrc.ts'

const fixture = resolve(import.meta.dirname, '../../fixture')
const handler = '/usr/bin/relion_image_handler'

/** Two half-maps: one phantom, two noises. */
function halves(size: number): [Volume, Volume] {
  const blobs = randomBlobs(size, size / 4)
  return [blobVolume(size, blobs, { voxelSize: 2.5, noise: 0.2, seed: 1 }), blobVolume(size, blobs, { voxelSize: 2.5, noise: 0.2, seed: 2 })]
}

/** The columns of RELION's data_fsc table: shell, 1/A, A, correlation. */
function relionTable(text: string): number[][] {
  return text.split('\n').map((line) => line.trim().split(/\s+/).map(Number)).filter((row) => row.length === 4 && row.every(Number.isFinite))
}

function expectAgreement(curve: FscCurve, table: number[][]): void {
  expect(table.length).toBe(curve.correlation.length)
  table.forEach((row, i) => {
    expect(Math.abs(curve.correlation[i]! - row[3]!)).toBeLessThan(1e-4)
    if (i > 0) expect(curve.frequency[i]).toBeCloseTo(row[1]!, 5)
  })
}

describe('fourierShellCorrelation', () => {
  it.each([6, 7])('equals the sum written out by a naive transform, box %i', (size) => {
    const [a, b] = halves(size)
    const transform = (v: Volume, h: number, k: number, l: number): [number, number] => {
      let [re, im] = [0, 0]
      v.data.forEach((value, i) => {
        const phase = (-2 * Math.PI * (h * (i % size) + k * (Math.floor(i / size) % size) + l * Math.floor(i / size ** 2))) / size
        re += value * Math.cos(phase)
        im += value * Math.sin(phase)
      })
      return [re, im]
    }
    const last = Math.floor(size / 2)
    const low = -Math.floor((size - 1) / 2)
    const sums = Array.from({ length: last + 1 }, () => [0, 0, 0])
    for (let l = low; l <= last; l++) {
      for (let k = low; k <= last; k++) {
        for (let h = 0; h <= last; h++) {
          const shell = Math.round(Math.hypot(h, k, l))
          if (shell > last) continue
          const [p, q] = [transform(a, h, k, l), transform(b, h, k, l)]
          sums[shell]![0]! += p[0] * q[0] + p[1] * q[1]
          sums[shell]![1]! += p[0] ** 2 + p[1] ** 2
          sums[shell]![2]! += q[0] ** 2 + q[1] ** 2
        }
      }
    }
    const curve = fourierShellCorrelation(a, b)
    for (let i = 1; i <= last; i++) expect(curve.correlation[i]).toBeCloseTo(sums[i]![0]! / Math.sqrt(sums[i]![1]! * sums[i]![2]!), 10)
    expect(curve.correlation[0]).toBe(1)
    expect(curve.frequency[1]).toBeCloseTo(1 / (size * 2.5), 12)
  })

  it('is 1 for a map and its multiple, -1 for its negative, 0 where a map is empty', () => {
    const [a] = halves(16)
    const scaled = { ...a, data: a.data.map((v) => -3 * v) }
    fourierShellCorrelation(a, scaled).correlation.forEach((v, i) => expect(v).toBeCloseTo(i === 0 ? 1 : -1, 6))
    fourierShellCorrelation(a, makeVolume(16, 2.5, new Float32Array(16 ** 3))).correlation.forEach((v, i) => expect(v).toBe(i === 0 ? 1 : 0))
  })

  it.each([32, 33])('agrees with the stored curve of relion_image_handler, box %i', (size) => {
    expectAgreement(fourierShellCorrelation(...halves(size)), relionTable(readFileSync(join(fixture, `relion-fsc-${size}.star`), 'utf8')))
  })

  it.skipIf(!existsSync(handler)).each([32, 33])('agrees with relion_image_handler and relion_postprocess run now, box %i', (size) => {
    const folder = mkdtempSync(join(tmpdir(), 'cryomoment-fsc-'))
    const [a, b] = halves(size)
    writePlainMrc(join(folder, 'a.mrc'), a)
    writePlainMrc(join(folder, 'b.mrc'), b)
    const curve = fourierShellCorrelation(a, b)
    expectAgreement(curve, relionTable(execFileSync(handler, ['--i', 'a.mrc', '--fsc', 'b.mrc'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })))
    // without a mask relion_postprocess 3.1 writes its table and then fails while drawing: the table is what we want
    const script = 'relion_postprocess --i a.mrc --i2 b.mrc --o post --angpix 2.5 >post.log 2>&1 || true'
    execFileSync('/bin/sh', ['-c', script], { cwd: folder })
    const post = readFileSync(join(folder, 'post.star'), 'utf8')
    expectAgreement(curve, relionTable(post))
    const final = Number(/_rlnFinalResolution\s+(\S+)/.exec(post)![1])
    expect(resolutionAt(curve, 0.143).relionResolution).toBeCloseTo(final, 4)
    rmSync(folder, { recursive: true })
  })

  it('refuses different boxes and NaN in one sentence', () => {
    const [a] = halves(8)
    expect(() => fourierShellCorrelation(a, halves(6)[0])).toThrow(/same box, found 8 and 6/)
    expect(() => fourierShellCorrelation(a, { ...a, data: a.data.map(() => NaN) })).toThrow(/finite/)
  })
})

describe('resolutionAt', () => {
  const curve = (values: number[]): FscCurve => ({ correlation: Float64Array.from(values), frequency: Float64Array.from(values, (_, i) => i / 100), boxSize: 50, voxelSize: 2 })

  it('interpolates the first crossing and gives RELION\'s shell beside it', () => {
    const found = resolutionAt(curve([1, 0.9, 0.7, 0.3, 0.6, 0.1]), 0.5)
    expect(found.shell).toBeCloseTo(2.5, 12)
    expect(found.resolution).toBeCloseTo(40, 12)
    expect(found.relionResolution).toBeCloseTo(50, 12)
    expect(found.crossed).toBe(true)
  })

  it('says when the curve never crosses', () => {
    expect(resolutionAt(curve([1, 0.9, 0.8]), 0.5)).toMatchObject({ crossed: false, shell: 2, resolution: 50, relionResolution: 50 })
  })

  it('copes with a curve that is already below at shell 1', () => {
    const found = resolutionAt(curve([1, 0.2, 0.8]), 0.5)
    expect(found.shell).toBeCloseTo(0.625, 12)
    expect(found.relionResolution).toBe(999)
  })
})
