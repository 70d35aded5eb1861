import { describe, expect, it } from 'vitest'
import { existsSync, readFileSync } from 'node:fs'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { randomMixture } from '#core/distribution/von-mises-fisher.ts'
import { Random } from '#core/random.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import { readVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { invertMoments } from '#task/reconstruct/invert-moments.ts'
import { reconstructionFields } from '#task/reconstruct/settings.ts'
import { estimateUncertainty, viewQuantile } from '#task/reconstruct/uncertainty.ts'
import { uncertaintySection } from '#task/reconstruct/uncertainty-section.ts'
import { writeUncertainty } from '#task/reconstruct/write-uncertainty.ts'
import { simulateMoments } from '#task/simulate-moments/simulate-moments.ts'
import { z } from 'zod'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const BOX = 21
const fields = z.strictObject(reconstructionFields)

describe('uncertainty', () => {
  it('covers the truth (a small version of test/bench/calibration.ts), and is written and shown', async () => {
    const context = silentContext({ seed: 2 })
    const phantom = makePhantom(2)
    const truth = rasterizePhantom(phantom, BOX, 1.25 * phantomVoxelSize(phantom, BOX))
    const { set } = await simulateMoments(context, truth, randomMixture(new Random(2).stream('views')), { images: 5_000_000, snr: 0.02, parts: 16, directions: 3000 })
    const settings = fields.parse({ starts: 4, continued: 2, iterations: 200, bootstrap: 10 })
    const inversion = await invertMoments(context, set, settings)
    const uncertainty = await estimateUncertainty(context, set, inversion, settings)
    const { volume } = inversion.starts[0]!
    const curve = fourierShellCorrelation(applyAlignment(volume, alignVolumes(volume, truth)), truth)
    const inside = uncertainty.fscBand.filter(({ shell, low, high }) => curve.correlation[shell]! >= low && curve.correlation[shell]! <= high)
    expect(uncertainty.fscBand.map(({ shell }) => shell)).toEqual([1, 2, 3, 4, 5, 6])
    expect(inside.length).toBeGreaterThanOrEqual(4)

    // a spread, within the ball that holds the particle and nowhere else
    const centre = Math.floor(BOX / 2)
    let [most, outside] = [0, 0]
    uncertainty.deviation.data.forEach((value, i) => {
      const r = Math.hypot((i % BOX) - centre, (Math.floor(i / BOX) % BOX) - centre, Math.floor(i / BOX ** 2) - centre)
      most = Math.max(most, value)
      if (r > inversion.radius + 2) outside = Math.max(outside, value)
    })
    expect(most).toBeGreaterThan(0)
    expect(outside).toBeLessThan(0.1 * most)
    const points = fibonacciSphere(200)
    const [low, high] = [viewQuantile(uncertainty, 0.05)(points), viewQuantile(uncertainty, 0.95)(points)]
    low.forEach((value, j) => expect(value).toBeLessThanOrEqual(high[j]!))

    const files = await writeUncertainty(context, temporaryFolder(), uncertainty)
    expect((await readVolume(files.uncertainty)).volume.data).toEqual(uncertainty.deviation.data)
    expect(existsSync(files.uncertaintyRanges)).toBe(true)
    const ranges = JSON.parse(readFileSync(files.uncertaintyRanges, 'utf8')) as { fscBand: unknown[]; views: unknown[] }
    expect([ranges.fscBand.length, ranges.views.length]).toEqual([6, 500])
    const section = uncertaintySection(uncertainty, { truth: curve })
    expect(section.drawings![0]!.svg).toContain('5 to 95 %')
    expect(section.tables![0]!.rows).toHaveLength(6)
  })

  it('refuses too few parts and too few resamplings, in words', async () => {
    expect(fields.safeParse({ bootstrap: 3 }).error?.issues[0]?.message).toBe('the number of resamplings is too small, expected 0 or 10 to 200')
    const context = silentContext({ seed: 1 })
    const phantom = makePhantom(1)
    const { set } = await simulateMoments(context, rasterizePhantom(phantom, 16), randomMixture(new Random(1)), { images: 20_000, snr: 0.1, parts: 4, directions: 1000 })
    const settings = fields.parse({ starts: 1, continued: 1, iterations: 5, bootstrap: 10 })
    const inversion = await invertMoments(context, set, settings)
    await expect(estimateUncertainty(context, set, inversion, settings)).rejects.toThrow('the moments are in 2 parts a half-set, expected at least 4 for their uncertainty')
  })
})
