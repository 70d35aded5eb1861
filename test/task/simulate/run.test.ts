import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mixtureDensity } from '#core/distribution/von-mises-fisher.ts'
import { mixtureFromRecord, mixtureToRecord } from '#core/distribution/mixture-record.ts'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { openStack } from '#io/stack-file.ts'
import { readParticles } from '#io/star-file.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { Projector } from '#kernel/projector.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { run } from '#task/simulate/run.ts'
import { settings } from '#task/simulate/settings.ts'
import type { SimulateSummary } from '#task/simulate/simulate-map.ts'
import { viewingDirections } from '#task/simulate/viewing-directions.ts'
import { errorOf } from '../../support/error-of.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

interface TruthRecord {
  readonly views: { readonly kind: string }
  readonly seed: number
  readonly snr: number
  readonly sigma: number
  readonly cleanEnergy: number
  readonly scale: { readonly kind: string; readonly factor: number }
  readonly source: { readonly sha256: string; readonly box: number }
}

async function phantomMap(folder: string, size = 40): Promise<string> {
  const path = `${folder}/map.mrc`
  await writeVolume(path, rasterizePhantom(makePhantom(1), size))
  return path
}

async function simulate(folder: string, options: Record<string, unknown>, pool?: ComputePool, seed = 5): Promise<SimulateSummary> {
  return run(silentContext({ folder, seed, ...(pool ? { pool } : {}) }), settings.parse(options))
}

async function images(path: string): Promise<Float32Array> {
  const stack = await openStack(path)
  const data = await stack.read(0, stack.count)
  await stack.close()
  return data
}

describe('simulate', () => {
  it('writes images that are the projections its STAR file says, plus white noise of sigma', async () => {
    const folder = temporaryFolder()
    const sigma = 0.3
    const summary = await simulate(folder, { map: await phantomMap(folder), images: 300, box: 33, sigma })
    const particles = await readParticles(summary.files.star)
    expect(particles.warnings).toEqual([])
    expect(particles.count).toBe(300)
    expect(particles.pixelSize).toBeCloseTo(summary.pixelSize, 5)
    expect(Array.from(particles.randomSubset!.slice(0, 4))).toEqual([1, 2, 1, 2])
    const truth = (await readVolume(summary.files.map)).volume
    expect(truth.data.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 4)
    const poses = particles.poses!
    const clean = new Float32Array(300 * 33 * 33)
    new Projector(truth).project(Array.from({ length: 300 }, (_, i) => Array.from(rotationFromEuler(poses.rot[i]!, poses.tilt[i]!, poses.psi[i]!))).flat(), clean)
    const noisy = await images(summary.files.particles)
    let [sum, squares, along, energy] = [0, 0, 0, 0]
    for (let i = 0; i < clean.length; i++) {
      const noise = noisy[i]! - clean[i]!
      sum += noise
      squares += noise * noise
      along += noise * clean[i]!
      energy += clean[i]! ** 2
    }
    // Five standard errors of each statistic of that many normal numbers.
    const count = clean.length
    expect(Math.abs(sum / count)).toBeLessThan((5 * sigma) / Math.sqrt(count))
    expect(Math.abs(squares / count / sigma ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
    expect(Math.abs(along)).toBeLessThan(5 * sigma * Math.sqrt(energy) + 1e-3 * energy)
    expect(summary.cleanEnergy).toBeCloseTo(energy / 300, 4)
    expect(summary.snr).toBeCloseTo(energy / 300 / (33 * 33 * sigma ** 2), 4)
  })

  it('records what it did', async () => {
    const folder = temporaryFolder()
    const map = await phantomMap(folder)
    const summary = await simulate(folder, { map, images: 10, box: 40, snr: 0.05 })
    const truth = JSON.parse(readFileSync(summary.files.truth, 'utf8')) as TruthRecord
    expect(truth).toMatchObject({ images: 10, box: 40, seed: 5, views: { kind: 'random' }, scale: { kind: 'norm1' }, source: { path: map, box: 40 } })
    expect(truth.source.sha256).toBe(createHash('sha256').update(readFileSync(map)).digest('hex'))
    expect(truth.snr).toBeCloseTo(truth.cleanEnergy / (1600 * truth.sigma ** 2), 10)
    // Ten images against the mean over a thousand.
    expect(truth.snr / 0.05).toBeGreaterThan(0.9)
    expect(truth.snr / 0.05).toBeLessThan(1.1)
    expect(mixtureFromRecord(truth, 'truth.json').weights).toHaveLength(8)
    expect(readdirSync(`${folder}/result`).sort()).toEqual(['particles.mrcs', 'particles.star', 'result.json', 'truth.json', 'truth.mrc'])
  })

  it('gives the same bytes whatever the number of threads, others for another seed', async () => {
    const source = temporaryFolder()
    const options = { map: await phantomMap(source), images: 3000, box: 40, sigma: 1 }
    const hashes = []
    for (const [size, seed] of [[0, 5], [1, 5], [2, 5], [0, 6]] as const) {
      const pool = new ComputePool({ size, threadPath: resolve(import.meta.dirname, '../../../out/main/compute-thread.js') })
      onTestFinished(() => pool.close())
      const summary = await simulate(temporaryFolder(), options, pool, seed)
      hashes.push([summary.files.particles, summary.files.star].map((path) => createHash('sha256').update(path.endsWith('mrcs') ? readFileSync(path).subarray(1024) : readFileSync(path)).digest('hex')).join())
    }
    expect(hashes[1]).toBe(hashes[0])
    expect(hashes[2]).toBe(hashes[0])
    expect(hashes[3]).not.toBe(hashes[0])
  })

  it('draws the views of a file, in-plane angles uniformly', async () => {
    const folder = temporaryFolder()
    const views = `${folder}/views.json`
    writeFileSync(views, JSON.stringify({ components: [{ mean: [0, 3, 4], concentration: 10, weight: 2 }] }))
    const count = 2000
    const summary = await simulate(folder, { map: await phantomMap(folder, 16), images: count, box: 16, sigma: 0, views })
    expect(summary.snr).toBeNull()
    const { rot, tilt, psi } = (await readParticles(summary.files.star)).poses!
    const mean = [0, 0, 0]
    let [c, s] = [0, 0]
    for (let i = 0; i < count; i++) {
      const w = rotationFromEuler(rot[i]!, tilt[i]!, psi[i]!).slice(6)
      w.forEach((v, axis) => (mean[axis]! += v / count))
      c += Math.cos(psi[i]!) / count
      s += Math.sin(psi[i]!) / count
    }
    const resultant = 1 / Math.tanh(10) - 0.1
    expect(Math.hypot(mean[0]!, mean[1]! - 0.6 * resultant, mean[2]! - 0.8 * resultant)).toBeLessThan(5 / Math.sqrt(count))
    expect(Math.hypot(c, s)).toBeLessThan(5 / Math.sqrt(count))
  })

  it('keeps the original scale when asked, and pads a smaller map', async () => {
    const folder = temporaryFolder()
    const map = await phantomMap(folder, 32)
    const summary = await simulate(folder, { map, images: 2, box: 40, sigma: 0, scale: 'original' })
    const truth = (await readVolume(summary.files.map)).volume
    const source = (await readVolume(map)).volume
    expect(truth.voxelSize).toBeCloseTo(source.voxelSize, 5)
    // Band-limiting and padding keep the sum of all voxels.
    expect(truth.data.reduce((a, b) => a + b)).toBeCloseTo(source.data.reduce((a, b) => a + b), 3)
  })
})

describe('simulate refuses', () => {
  it('settings that make no sense', () => {
    const base = { map: 'map.mrc', images: 10, box: 32, sigma: 1 }
    const paths = (options: Record<string, unknown>): string[] => settings.safeParse({ ...base, ...options }).error?.issues.map((issue) => issue.path.join('.')) ?? []
    expect(paths({})).toEqual([])
    expect(paths({ images: 0 })).toEqual(['images'])
    expect(paths({ images: 1.5 })).toEqual(['images'])
    expect(paths({ sigma: -1 })).toEqual(['sigma'])
    expect(paths({ box: 4 })).toEqual(['box'])
    expect(paths({ box: 100000 })).toEqual(['box'])
    expect(paths({ snr: 1 })).toEqual(['snr'])
    expect(paths({ sigma: undefined })).toEqual(['sigma'])
    expect(paths({ sigma: undefined, snr: 0 })).toContain('snr')
  })

  it.each([
    ['a constant map', makeVolume(16, 1, new Float32Array(4096).fill(3)), {}, 'the map is constant: there is nothing to simulate'],
    ['an empty map', makeVolume(16, 1, new Float32Array(4096)), {}, 'the map is constant: there is nothing to simulate'],
    ['a box smaller than the particle', rasterizePhantom(makePhantom(1), 40), { box: 16, pixelSize: 4.6 }, /a box of 16 is smaller than the particle, which needs about \d+ pixels of 4\.\d+ Angstrom/],
  ])('%s, in one sentence, leaving nothing', async (_, volume, options, sentence) => {
    const folder = temporaryFolder()
    await writeVolume(`${folder}/map.mrc`, volume)
    const error = await errorOf(simulate(folder, { map: `${folder}/map.mrc`, images: 10, box: 16, sigma: 1, ...options }))
    expect(error?.tag).toBe('InvalidInput')
    expect(error?.message).toMatch(sentence)
    expect(error?.message).toContain('map.mrc')
    expect(readdirSync(folder)).toEqual(['map.mrc'])
  })

  it('files that are not there or make no sense', async () => {
    const folder = temporaryFolder()
    expect((await errorOf(simulate(folder, { map: `${folder}/none.mrc`, images: 10, box: 16, sigma: 1 })))?.message).toContain('none.mrc')
    const map = await phantomMap(folder, 16)
    const withViews = async (text: string): Promise<string | undefined> => {
      writeFileSync(`${folder}/views.json`, text)
      return (await errorOf(simulate(folder, { map, images: 10, box: 16, sigma: 1, views: `${folder}/views.json` })))?.message
    }
    expect(await withViews('nonsense')).toContain('this is not JSON')
    expect(await withViews('{}')).toContain('expected {"components"')
    expect(await withViews('{"components": [{"mean": [0, 0, 0], "concentration": 1}]}')).toContain('mean of component 1 is [0,0,0], expected three numbers, not all zero')
    expect(await withViews('{"components": [{"mean": [0, 0, 1], "concentration": -1}]}')).toContain('concentration of component 1 is -1, expected a number, 0 or more')
    expect((await errorOf(simulate(folder, { map, images: 10, box: 16, sigma: 1, views: 'nowhere.json' })))?.message).toContain('nowhere.json: cannot be read')
    expect(readdirSync(folder).sort()).toEqual(['map.mrc', 'views.json'])
  })

  it('a folder that cannot be written', async () => {
    const folder = temporaryFolder()
    const map = await phantomMap(folder, 16)
    writeFileSync(`${folder}/job`, 'a file')
    const error = await errorOf(simulate(`${folder}/job`, { map, images: 10, box: 16, sigma: 1 }))
    expect(error?.tag).toBe('InvalidInput')
    expect(error?.message).toContain(`cannot write to ${folder}/job/result`)
  })

  it('to go on when cancelled, leaving no stack but the unfinished one that a resumed job goes on with', async () => {
    const folder = temporaryFolder()
    mkdirSync(`${folder}/job`)
    const cancel = new AbortController()
    const context = silentContext({ folder: `${folder}/job`, signal: cancel.signal, onProgress: () => cancel.abort() })
    const error = await errorOf(run(context, settings.parse({ map: await phantomMap(folder, 40), images: 100000, box: 40, sigma: 1 })))
    expect(error?.tag).toBe('Cancelled')
    expect(readdirSync(`${folder}/job/result`)).toEqual(['particles.mrcs.unfinished'])
  })
})

describe('viewing directions', () => {
  it('survive the way through JSON', async () => {
    const mixture = await viewingDirections('random', 9)
    const back = mixtureFromRecord(JSON.parse(JSON.stringify(mixtureToRecord(mixture))), 'text')
    expect(mixtureDensity(back, 0.6, 0, 0.8)).toBeCloseTo(mixtureDensity(mixture, 0.6, 0, 0.8), 12)
    expect(mixtureDensity(await viewingDirections('uniform', 1), 0, 0, 1)).toBeCloseTo(1 / (4 * Math.PI), 12)
  })
})
