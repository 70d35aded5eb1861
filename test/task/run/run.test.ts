import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMoments } from '#io/moments-file.ts'
import { readVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { run as reconstruct } from '#task/reconstruct/run.ts'
import { settings as reconstructSettings } from '#task/reconstruct/settings.ts'
import { run } from '#task/run/run.ts'
import { settings as runSettings } from '#task/run/settings.ts'

interface Summary {
  readonly shell05: number
  readonly nyquistShell: number
  readonly m1RelativeError: number
  readonly m1NoiseFloor: number
  readonly m2RelativeError: number
  readonly m2NoiseFloor: number
  readonly hand: string
  readonly seconds: Record<string, number>
  readonly starts: readonly { chiSquarePerDatum: number; shellAgainstBest: number }[]
  readonly files: Record<string, string>
}

describe('run', () => {
  const pool = new ComputePool({ threadPath: join(import.meta.dirname, '../../../out/main/compute-thread.js'), size: 2 })
  let folder: string
  let summary: Summary
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cryomoment-test-'))
    const settings = runSettings.parse({ phantom: true, images: 8000, box: 33, snr: 0.1, method: 'moments' })
    summary = (await run(silentContext({ folder: join(folder, 'job'), seed: 5, pool }), settings)) as unknown as Summary
  })
  afterAll(async () => {
    await pool.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('recovers the phantom from its images alone, from random starts that agree', () => {
    expect(summary.nyquistShell).toBe(16)
    expect(summary.shell05).toBeGreaterThan(6.5)
    for (const start of summary.starts) expect(start.shellAgainstBest).toBeGreaterThan(6)
    expect(['same', 'mirrored']).toContain(summary.hand)
  })

  it('says how well the moments are matched beside what noise allows', () => {
    for (const value of [summary.m1RelativeError, summary.m1NoiseFloor, summary.m2RelativeError, summary.m2NoiseFloor]) expect(value).toBeGreaterThan(0)
    expect(summary.m1RelativeError).toBeLessThan(0.1)
    expect(summary.m2RelativeError).toBeLessThan(0.1)
  })

  it('writes every file it names, the aligned map on the grid of the truth', async () => {
    for (const path of Object.values(summary.files)) await expect(access(path)).resolves.toBeUndefined()
    const aligned = await readVolume(summary.files.aligned!)
    const truth = await readVolume(join(folder, 'job/particles/truth.mrc'))
    expect(aligned.volume.size).toBe(truth.volume.size)
    expect(aligned.volume.voxelSize).toBeCloseTo(truth.volume.voxelSize, 4)
    expect(await readFile(summary.files.report!, 'utf8')).toContain('Fourier shell correlation')
  })

  it('reconstruct from its moments file gives the same again, and reports M1 + M2 as no more than a start', async () => {
    const set = await readMoments(summary.files.moments!)
    expect(set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0)).toBe(8000)
    const again = (await reconstruct(silentContext({ folder: join(folder, 'again'), seed: 5, pool }), reconstructSettings.parse({ moments: summary.files.moments! }))) as unknown as Summary
    // The file keeps third moments in float32.
    expect(again.starts[0]!.chiSquarePerDatum / summary.starts[0]!.chiSquarePerDatum).toBeCloseTo(1, 2)
    const two = (await reconstruct(silentContext({ folder: join(folder, 'two'), seed: 5, pool }), reconstructSettings.parse({ moments: summary.files.moments!, third: false }))) as unknown as { thirdMoment: boolean; chiSquarePerDatum: number }
    expect(two.thirdMoment).toBe(false)
    // More unknowns than data: two moments are always fitted better than three.
    expect(two.chiSquarePerDatum).toBeLessThan(0.5 * again.starts[0]!.chiSquarePerDatum)
  })

  it('refuses what cannot work in one sentence', async () => {
    const context = silentContext({ folder: join(folder, 'bad'), seed: 1, pool })
    await expect(run(context, runSettings.parse({ phantom: true, images: 4, box: 32, snr: 0.01, method: 'moments' }))).rejects.toMatchObject({ tag: 'InvalidInput' })
    await expect(reconstruct(context, reconstructSettings.parse({ moments: summary.files.moments!, bands: [3, 12] }))).rejects.toMatchObject({ tag: 'InvalidInput' })
    await expect(reconstruct(context, reconstructSettings.parse({ moments: summary.files.moments!, diameter: 1e5 }))).rejects.toMatchObject({ tag: 'InvalidInput' })
  })
})
