import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { silentContext } from '#job/context.ts'
import { run } from '#task/fsc/run.ts'
import { settings } from '#task/fsc/settings.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'
import { writePlainMrc } from '../../support/plain-mrc.ts'

const folder = mkdtempSync(join(tmpdir(), 'cryomoment-fsc-task-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)
const blobs = randomBlobs(1, 8)
const a = blobVolume(32, blobs, { voxelSize: 2.5, noise: 0.2, seed: 1 })
const b = blobVolume(32, blobs, { voxelSize: 2.5, noise: 0.2, seed: 2 })
writePlainMrc(path('a.mrc'), a)
writePlainMrc(path('b.mrc'), b)
writePlainMrc(path('small.mrc'), blobVolume(16, blobs, { voxelSize: 2.5 }))

describe('fsc', () => {
  it('gives the curve, both resolutions by both rules, and writes what is asked for', async () => {
    const summary = await run(silentContext(), settings.parse({ a: path('a.mrc'), b: path('b.mrc'), out: [path('c.star'), path('c.svg')] }))
    const expected = fourierShellCorrelation(a, b)
    expect(summary.correlation).toEqual([...expected.correlation])
    expect(summary.frequency[4]).toBeCloseTo(0.05, 10)
    expect(summary.resolution05).toBeGreaterThan(summary.resolution0143)
    expect(summary.relionResolution0143).toBeGreaterThanOrEqual(summary.resolution0143)
    expect(summary.crossed05).toBe(true)
    expect(existsSync(path('c.star')) && existsSync(path('c.svg'))).toBe(true)
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  })

  it('with a soft mask about the particle the noise outside no longer counts', async () => {
    const plain = await run(silentContext(), settings.parse({ a: path('a.mrc'), b: path('b.mrc') }))
    const masked = await run(silentContext(), settings.parse({ a: path('a.mrc'), b: path('b.mrc'), maskRadius: 25 }))
    expect(masked.masked).toBe(true)
    expect(masked.resolution05).toBeLessThan(plain.resolution05)
  })

  it('refuses different boxes and unknown endings in one sentence', async () => {
    await expect(run(silentContext(), settings.parse({ a: path('a.mrc'), b: path('small.mrc') }))).rejects.toThrow(/small\.mrc: its box is 16, expected 32/)
    await expect(run(silentContext(), settings.parse({ a: path('a.mrc'), b: path('b.mrc'), out: ['x.pdf'] }))).rejects.toThrow(/found \.pdf/)
  })
})
