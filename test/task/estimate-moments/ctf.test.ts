import { describe, expect, it } from 'vitest'
import { mergeMomentSets, type MomentSet } from '#core/moments/moment-set.ts'
import { effectiveMoments } from '#core/moments/effective-moments.ts'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import { readMoments, writeMoments } from '#io/moments-file.ts'
import { silentContext } from '#job/context.ts'
import { estimateMoments, type EstimateOptions } from '#task/estimate-moments/estimate.ts'
import { settings } from '#task/simulate/settings.ts'
import { simulateMap, type SimulationSource } from '#task/simulate/simulate-map.ts'
import { errorOf } from '../../support/error-of.ts'
import { momentError } from '../../support/moment-error.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const BOX = 24

function source(): SimulationSource {
  const phantom = makePhantom(1)
  return { name: 'phantom', volume: rasterizePhantom(phantom, BOX, phantomVoxelSize(phantom, BOX)), warnings: [], record: {} }
}

async function simulate(images: number, options: Record<string, unknown>): Promise<{ star: string; sigma: number }> {
  const folder = temporaryFolder()
  const { summary } = await simulateMap(silentContext({ seed: 3 }), source(), settings.parse({ map: 'phantom', images, box: BOX, ...options }), folder)
  return { star: summary.files.star, sigma: summary.sigma }
}

async function moments(star: string, options: Partial<EstimateOptions> = {}): Promise<MomentSet> {
  return estimateMoments(silentContext(), { particles: star, parts: 4, thirdMaxShell: 6, checkpointPath: `${temporaryFolder()}/state.h5`, ...options })
}

async function clean(images: number): Promise<MomentSet> {
  return moments((await simulate(images, { sigma: 0 })).star, { sigma: 1 })
}

describe('moments of images with a CTF', () => {
  it('are those without one, with an error that falls as one over the root of the number of images', async () => {
    const errors = []
    for (const images of [1000, 10_000]) {
      const { star } = await simulate(images, { ctf: true, astigmatism: 300, snr: 0.5 })
      errors.push(momentError(await clean(images), await moments(star)))
    }
    console.log(`relative errors at 1e3, 1e4 images: ${JSON.stringify(errors)}`)
    const [few, many] = errors as [(typeof errors)[0], (typeof errors)[0]]
    // Root of ten is 3.2; both are single draws.
    for (const moment of ['first', 'second', 'third'] as const) {
      expect(few[moment] / many[moment]).toBeGreaterThan(2)
      expect(few[moment] / many[moment]).toBeLessThan(5)
    }
    expect(many.second).toBeLessThan(0.15)
  }, 120_000)

  it('have almost no error without noise, whatever the CTFs; taken as they are they are far off', async () => {
    const { star } = await simulate(3000, { ctf: true, snr: 1e6 })
    const reference = await clean(3000)
    const found = momentError(reference, await moments(star))
    expect(found.first).toBeLessThan(0.01)
    expect(found.second).toBeLessThan(0.02)
    expect(found.third).toBeLessThan(0.05)
    expect(momentError(reference, await moments(star, { ctfCorrection: 'off' })).second).toBeGreaterThan(0.5)
  }, 120_000)

  it('know the colour of the noise when they are whitened', async () => {
    const { star } = await simulate(6000, { ctf: true, snr: 0.5, noiseKnee: 80, noiseExponent: 2 })
    const reference = await clean(6000)
    const whitened = await moments(star, { whiten: true })
    expect([whitened.noiseVariance, whitened.noiseSource]).toEqual([1, 'spectrum'])
    const [right, wrong] = [momentError(reference, whitened), momentError(reference, await moments(star))]
    console.log(`relative errors whitened and taken as white: ${JSON.stringify([right, wrong])}`)
    expect(right.second).toBeLessThan(0.5 * wrong.second)
  }, 120_000)

  it('survive the file, go on after an interruption bit for bit, and merge', async () => {
    const { star } = await simulate(2000, { ctf: true, snr: 1 })
    const whole = await moments(star)
    const path = `${temporaryFolder()}/moments.h5`
    await writeMoments(path, whole, { exact: true })
    const again = await readMoments(path)
    expect(again.transfer).toEqual(whole.transfer)
    expect(again.parts.map((part) => part.groupCounts)).toEqual(whole.parts.map((part) => part.groupCounts))

    const checkpointPath = `${temporaryFolder()}/state.h5`
    let turns = 0
    const broken = { ...silentContext(), breathe: () => (++turns > 2 ? Promise.reject(new Error('stopped')) : Promise.resolve()) }
    const options = { particles: star, parts: 8, thirdMaxShell: 6, checkpointPath }
    expect((await errorOf(estimateMoments(broken, { ...options, checkpointSeconds: 0 })))?.message).toBe('stopped')
    const messages: string[] = []
    const resumed = await estimateMoments(silentContext({ onLog: (_, text) => messages.push(text) }), options)
    expect(messages.join()).toContain('resuming')
    expect(resumed.parts).toEqual((await moments(star, { parts: 8 })).parts)

    const other = await moments((await simulate(1000, { ctf: true, snr: 1, defocusMin: 15_000, defocusMax: 20_000 })).star)
    const merged = mergeMomentSets(whole, { ...other, noiseVariance: whole.noiseVariance })
    expect(merged.transfer).toHaveLength(whole.transfer!.length + other.transfer!.length)
    const { set } = effectiveMoments(merged)
    expect(set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0)).toBe(3000)
    expect(() => mergeMomentSets(whole, { ...other, transfer: undefined })).toThrow('corrected for their CTF')
  }, 120_000)
})
