import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { prepareTruth } from '#core/volume/prepare-truth.ts'
import type { Volume } from '#core/volume/volume.ts'
import type { CheckLine, CheckReport } from '#task/check/check-line.ts'
import { checkParticles } from '#task/check/check-particles.ts'
import { settings } from '#task/check/settings.ts'
import { hasSharedData, sharedData } from '../../support/shared-data.ts'
import { simulateParticles, type SimulationCase } from '../../support/simulated-particles.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const check = (particles: string, more: Record<string, unknown> = {}): Promise<CheckReport> => checkParticles(settings.parse({ particles, ...more }), { seed: 5 })
const line = (report: CheckReport, id: string): CheckLine => report.lines.find((candidate) => candidate.id === id)!
const stops = (report: CheckReport): string[] => report.lines.filter(({ status }) => status === 'stop').map(({ id }) => id)

let volume: Volume
beforeAll(() => {
  volume = prepareTruth(rasterizePhantom(makePhantom(1), 48), 48, { scale: 'norm1' }).volume
})

async function simulated(change: Partial<SimulationCase> = {}): Promise<string> {
  return simulateParticles(temporaryFolder(), { volume, count: 240, snr: 0.03, seed: 11, ctf: false, ...change })
}

describe.each([false, true])('simulated stacks (with a CTF: %s)', (ctf) => {
  it('that are right are not stopped, and have every line', async () => {
    const report = await check(await simulated({ ctf }))
    expect(stops(report)).toEqual([])
    for (const id of ['contrast', 'pixel-size', 'box', 'centring', 'normalisation', 'duplicates', 'ctf', 'noise']) expect(report.lines.filter((candidate) => candidate.id === id), id).toHaveLength(1)
    expect(report.lines.map(({ id }) => id)).toEqual([...new Set(report.lines.map(({ id }) => id))])
    expect(line(report, 'contrast').status).toBe('ok')
    expect(line(report, 'ctf').status).toBe(ctf ? 'ok' : 'warning')
    // SNR as it was made, within a third (its error at 240 images is a fifth).
    expect(Math.abs(report.snr! / 0.03 - 1)).toBeLessThan(0.35)
  })

  it('of the wrong sign are stopped, and right again when they are inverted', async () => {
    const star = await simulated({ ctf, inverted: true })
    const report = await check(star)
    expect(stops(report)).toEqual(['contrast'])
    expect(line(report, 'contrast')).toMatchObject({ fix: 'invert the images', settings: { invert: true } })
    const again = await check(star, line(report, 'contrast').settings)
    expect(stops(again)).toEqual([])
  })

  it('of a pixel size that the header contradicts are stopped, and right again with the true one', async () => {
    const star = await simulated({ ctf, statedPixelSize: volume.voxelSize * 1.3 })
    expect(stops(await check(star))).toEqual(['pixel-size'])
    expect(stops(await check(star, { pixelSize: volume.voxelSize }))).toEqual([])
  })

  it('off centre are stopped, by a common offset or by scatter', async () => {
    const offset = await check(await simulated({ ctf, offset: [5, -2] }))
    expect(stops(offset)).toEqual(['centring'])
    expect(line(offset, 'centring').found).toMatch(/^offset 5(\.\d+)? px of 48/)
    expect(stops(await check(await simulated({ ctf, scatter: 6, snr: 0.1 })))).toEqual(['centring'])
  })
})

describe('the check', () => {
  it('reads the pixel size off the rings of the CTF where they reach far enough', async () => {
    const wrong = volume.voxelSize * 1.35
    const report = await check(await simulated({ ctf: true, snr: 0.1, statedPixelSize: wrong, headerPixelSize: wrong }))
    expect(line(report, 'pixel-size').status).toBe('stop')
    expect(Number(line(report, 'pixel-size').settings!['pixelSize']) / volume.voxelSize).toBeCloseTo(1, 1)
  })

  it('is the same for the same seed, and says where stacks are missing', async () => {
    const star = await simulated({ count: 60 })
    const { seconds: _a, ...first } = await check(star, { sample: 30 })
    const { seconds: _b, ...second } = await check(star, { sample: 30 })
    expect(first).toEqual(second)
    expect(first.sample).toBe(30)
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'moved.star'), 'data_optics\nloop_\n_rlnOpticsGroup\n_rlnImagePixelSize\n1 2.5\ndata_particles\nloop_\n_rlnImageName\n_rlnOpticsGroup\n1@old/particles.mrcs 1\n2@old/particles.mrcs 1\n2@old/particles.mrcs 1\n')
    const moved = await check(join(folder, 'moved.star'))
    expect(stops(moved)).toEqual(['stacks'])
    expect(line(moved, 'stacks').found).toBe('1 of 1 stacks are missing, the first is old/particles.mrcs')
    expect(line(moved, 'duplicates')).toMatchObject({ status: 'warning', found: '1 of 3 rows repeat an image that another row names' })
    expect(line(moved, 'contrast').found).toBe('not checked: the images are missing')
    expect(stops(await check(join(folder, 'moved.star'), { datadir: join(star, '..') }))).not.toContain('stacks')
  })
})

describe.skipIf(!hasSharedData)('real stacks', () => {
  it('of beta-galactosidase are stopped because protein is dark, and only then', async () => {
    const star = sharedData('stacks/betagal-empiar10061/betagal_particles_96.star')
    const report = await check(star)
    expect(stops(report)).toEqual(['contrast'])
    // README: SNR about 0.07 (of the whole image over the background crops); here what is above the corners.
    expect(report.snr).toBeGreaterThan(0.02)
    expect(report.snr).toBeLessThan(0.1)
    expect(line(report, 'normalisation')).toMatchObject({ status: 'warning', settings: { normalize: true } })
    expect(stops(await check(star, { invert: true, normalize: true }))).toEqual([])
  })

  it('of background alone show no particle', async () => {
    const report = await check(sharedData('stacks/betagal-empiar10061/betagal_background_96.star'))
    expect(stops(report)).toEqual([])
    expect(line(report, 'contrast').status).toBe('warning')
    expect(report.snr).toBeNull()
  })

  it('of EMPIAR-10076 are dark in both of their files', async () => {
    for (const ending of ['star', 'cs']) expect(stops(await check(sharedData(`stacks/empiar10076-7/empiar_10076_7.${ending}`))), ending).toEqual(['contrast'])
  })

  it('of RELION 3.1 with the header\'s placeholder of 1 Angstrom are warned of', async () => {
    const report = await check(sharedData('stacks/relion31-256/relion31.star'))
    expect(stops(report)).toEqual([])
    expect(line(report, 'pixel-size').status).toBe('warning')
  })

  it('without a voltage are stopped at their CTF', async () => {
    const report = await check(sharedData('stacks/aspire-sample-200/sample_incomplete_ctf_params.star'))
    expect(stops(report)).toEqual(['ctf'])
    expect(line(report, 'ctf').found).toBe('optics group 1: no voltage')
  })
})
