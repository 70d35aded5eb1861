import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bandProjection } from '#core/basis/steerable.ts'
import { addThirdBias, thirdPairs, type ComplexBlock } from '#core/moments/component-moments.ts'
import { combineParts, momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { estimateParticleRadius } from '#core/moments/particle-radius.ts'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { readMoments } from '#io/moments-file.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { run as runMoments } from '#task/estimate-moments/run.ts'
import { settings as momentSettings } from '#task/estimate-moments/settings.ts'
import { run as runSimulate } from '#task/simulate/run.ts'
import { settings as simulateSettings } from '#task/simulate/settings.ts'
import { run } from '#task/simulate-moments/run.ts'
import { settings } from '#task/simulate-moments/settings.ts'
import { errorOf } from '../../support/error-of.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const BOX = 16

async function phantomMap(): Promise<string> {
  const path = `${temporaryFolder()}/map.mrc`
  await writeVolume(path, rasterizePhantom(makePhantom(1), 24))
  return path
}

async function momentsOnly(map: string, options: Record<string, unknown>, pool = new ComputePool({ size: 0 }), seed = 3): Promise<{ set: MomentSet; summary: Record<string, unknown>; folder: string }> {
  const folder = temporaryFolder()
  const summary = await run(silentContext({ folder, seed, pool }), settings.parse({ map, images: 20_000, box: BOX, parts: 4, directions: 3000, ...options }))
  return { set: await readMoments(`${folder}/result/moments.h5`), summary, folder }
}

async function fromImages(map: string, images: number, sigma: number): Promise<{ set: MomentSet; cleanEnergy: number }> {
  const folder = temporaryFolder()
  const context = silentContext({ folder, seed: 3 })
  const { files, cleanEnergy } = await runSimulate(context, simulateSettings.parse({ map, images, box: BOX, sigma }))
  const out = `${folder}/moments.h5`
  await runMoments(context, momentSettings.parse({ particles: files.star, out, sigma }))
  return { set: await readMoments(out), cleanEnergy }
}

interface MeanMoments {
  readonly first: Float64Array
  readonly second: readonly ComplexBlock[]
  readonly third: readonly ComplexBlock[]
  /** Variance of the coefficients, signal included: of the basis, and of the third moment's. */
  readonly variance: readonly Float64Array[]
  readonly thirdVariance: readonly Float64Array[]
}

// Debiased means.
function meanMoments(set: MomentSet): MeanMoments {
  const { basis, thirdBasis } = momentBases(set.specification)
  const sums = combineParts(set, momentBases(set.specification))
  const n = sums.imageCount
  const first = sums.first.map((x) => x / n)
  const mean = ({ re, im }: ComplexBlock): ComplexBlock => ({ re: re.map((x) => x / n), im: im.map((x) => x / n) })
  const second = sums.second.map(mean)
  const variance = basis.counts.map((d, m) => Float64Array.from({ length: d }, (_, p) => second[m]!.re[p * d + p]!))
  second.forEach(({ re }, m) => basis.counts.slice(m, m + 1).forEach((d) => { for (let p = 0; p < d; p++) re[p * d + p]! -= set.noiseVariance }))
  const projection = bandProjection(thirdBasis!, basis)
  const thirdVariance = thirdBasis!.counts.map((d, m) => Float64Array.from({ length: d }, (_, p) => {
    const full = basis.counts[m]!
    let sum = set.noiseVariance
    for (let a = 0; a < full; a++) for (let b = 0; b < full; b++) sum += projection[m]![p * full + a]! * projection[m]![p * full + b]! * second[m]!.re[a * full + b]!
    return sum
  }))
  const narrowFirst = Float64Array.from({ length: thirdBasis!.counts[0]! }, (_, p) => first.reduce((sum, x, a) => sum + projection[0]![p * first.length + a]! * x, 0))
  const third = sums.third.map(mean)
  thirdPairs(thirdBasis!.counts.length - 1).forEach((pair, k) => addThirdBias(third[k]!, pair, { counts: thirdBasis!.counts, first: narrowFirst, scale: -set.noiseVariance }))
  return { first, second, third, variance, thirdVariance }
}

function distance(a: ComplexBlock, b: ComplexBlock): number {
  return a.re.reduce((sum, x, e) => sum + (x - b.re[e]!) ** 2 + (a.im[e]! - b.im[e]!) ** 2, 0)
}

function size(a: ComplexBlock): number {
  return a.re.reduce((sum, x, e) => sum + x * x + a.im[e]! ** 2, 0)
}

describe('simulate-moments', () => {
  it('has the moments of images simulated one by one: almost without noise, within the error of sampling views', async () => {
    const map = await phantomMap()
    const [images, sigma] = [20_000, 0.01]
    const real = await fromImages(map, images, sigma)
    const { set, summary } = await momentsOnly(map, { images, sigma })
    const [a, b] = [meanMoments(real.set), meanMoments(set)]
    expect(summary.cleanEnergy).toBeCloseTo(real.cleanEnergy, 1)
    const relative = (x: readonly ComplexBlock[], y: readonly ComplexBlock[]): number => Math.sqrt(x.reduce((sum, block, k) => sum + distance(block, y[k]!), 0) / x.reduce((sum, block) => sum + size(block), 0))
    const real1 = (x: Float64Array): ComplexBlock[] => [{ re: x, im: new Float64Array(x.length) }]
    // An image's moments of order k vary by about k times their own size.
    const error = Math.sqrt(2 / images)
    expect(relative(real1(a.first), real1(b.first))).toBeLessThan(3 * error)
    expect(relative(a.second, b.second)).toBeLessThan(6 * error)
    expect(relative(a.third, b.third)).toBeLessThan(9 * error)
  })

  it('has their noise: the differences are as large as the two data sets\' own variances say', async () => {
    const map = await phantomMap()
    const [images, sigma] = [40_000, 0.4]
    const real = await fromImages(map, images, sigma)
    const { set } = await momentsOnly(map, { images, sigma })
    const [a, b] = [meanMoments(real.set), meanMoments(set)]
    const { basis, thirdBasis } = momentBases(set.specification)
    // Per entry the squared difference over 2/N times the product of the coefficients' variances (Wick, for coefficients of
    // different frequencies); the mean over all entries is 1.
    let [sum, count] = [0, 0]
    a.first.forEach((x, p) => {
      sum += ((x - b.first[p]!) ** 2 * images) / (2 * a.variance[0]![p]!)
      count++
    })
    expect(sum / count).toBeLessThan(1 + 5 * Math.sqrt(2 / count))
    ;[sum, count] = [0, 0]
    basis.counts.forEach((d, m) => {
      if (m === 0) return
      for (let e = 0; e < d * d; e++, count++) {
        const spread = (2 * a.variance[m]![Math.floor(e / d)]! * a.variance[m]![e % d]!) / images
        sum += ((a.second[m]!.re[e]! - b.second[m]!.re[e]!) ** 2 + (a.second[m]!.im[e]! - b.second[m]!.im[e]!) ** 2) / spread
      }
    })
    // Entries (p, q) and (q, p) are one number.
    expect(Math.abs(sum / count - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
    ;[sum, count] = [0, 0]
    const { counts } = thirdBasis!
    thirdPairs(counts.length - 1).forEach(({ i, j }, index) => {
      if (i === 0 || i === j) return
      const [x, y] = [a.third[index]!, b.third[index]!]
      for (let e = 0; e < x.re.length; e++, count++) {
        const [p, q, r] = [Math.floor(e / counts[i + j]! / counts[j]!), Math.floor(e / counts[i + j]!) % counts[j]!, e % counts[i + j]!]
        const spread = (2 * a.thirdVariance[i]![p]! * a.thirdVariance[j]![q]! * a.thirdVariance[i + j]![r]!) / images
        sum += ((x.re[e]! - y.re[e]!) ** 2 + (x.im[e]! - y.im[e]!) ** 2) / spread
      }
    })
    expect(count).toBeGreaterThan(200)
    expect(Math.abs(sum / count - 1)).toBeLessThan(5 / Math.sqrt(count))
  })

  it('has pixel sums that tell the particle radius and the noise', async () => {
    const map = await phantomMap()
    const [images, sigma] = [20_000, 0.1]
    const real = await fromImages(map, images, sigma)
    const { set } = await momentsOnly(map, { images, sigma })
    const image = { boxSize: BOX, noiseVariance: sigma ** 2, limit: set.specification.radius }
    const [a, b] = [real.set, set].map((each) => estimateParticleRadius(combineParts(each, momentBases(each.specification)), image))
    expect(b).toEqual(a)
  })

  it('follows from the seed alone, whatever the number of threads, and its parts are half-sets of all images', async () => {
    const map = await phantomMap()
    const pool = new ComputePool({ size: 2, threadPath: resolve(import.meta.dirname, '../../../out/main/compute-thread.js') })
    onTestFinished(() => pool.close())
    const options = { images: 10_001, sigma: 0.3 }
    const made = [await momentsOnly(map, options), await momentsOnly(map, options, pool), await momentsOnly(map, options, undefined, 4)]
    const hashes = made.map(({ set }) => createHash('sha256').update(JSON.stringify(set.parts.map(({ sums }) => [[...sums.first], sums.third.map(({ re }) => [...re]), [...sums.pixelPower]]))).digest('hex'))
    expect(hashes[1]).toBe(hashes[0])
    expect(hashes[2]).not.toBe(hashes[0])
    const { set } = made[0]!
    expect(set.parts.map(({ half }) => half)).toEqual([1, 2, 1, 2])
    expect(set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0)).toBe(10_001)
    expect(set.noiseSource).toBe('given')
    expect(set.noiseVariance).toBeCloseTo(0.09, 12)
    expect(set.provenance).toMatchObject({ simulation: 'moments-only simulation', images: 10_001, seed: 3, sigma: 0.3 })
  })

  it('writes the truth as it was used, of norm 1, and takes the noise as an SNR too', async () => {
    const { folder, summary } = await momentsOnly(await phantomMap(), { snr: 0.05, images: 1_000_000_000 })
    const { volume } = await readVolume(`${folder}/result/truth.mrc`)
    expect(makeVolume(BOX, 1, volume.data).data.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 4)
    expect(summary.snr).toBeCloseTo(0.05, 10)
    const record = JSON.parse(readFileSync(`${folder}/result/truth.json`, 'utf8')) as Record<string, unknown>
    expect(record).toMatchObject({ images: 1_000_000_000, box: BOX, seed: 3, sigma: summary.sigma })
    expect(record.sigma).toBeCloseTo(Math.sqrt((summary.cleanEnergy as number) / (BOX ** 2 * 0.05)), 10)
  })

  it('refuses what cannot be simulated, in one sentence, and leaves nothing behind', async () => {
    const map = await phantomMap()
    const parsed = (options: Record<string, unknown>): string => settings.safeParse({ map, box: BOX, ...options }).error?.issues.map((issue) => issue.message).join('; ') ?? 'accepted'
    expect(parsed({ sigma: 0 })).toContain('sigma is 0')
    expect(parsed({})).toContain('sigma or as snr')
    expect(parsed({ sigma: 1, snr: 1 })).toContain('not both')
    expect(parsed({ sigma: 1, parts: 3 })).toContain('even')
    expect(parsed({ sigma: 1, images: 0 })).not.toBe('accepted')
    expect(parsed({ sigma: -1 })).not.toBe('accepted')
    const folder = temporaryFolder()
    const few = await errorOf(run(silentContext({ folder }), settings.parse({ map, box: BOX, sigma: 0.5, images: 50 })))
    expect(few?.message).toMatch(/50 images, expected at least \d+ \(16 partial sums/)
    expect(existsSync(`${folder}/result/moments.h5`)).toBe(false)
    const cut = await errorOf(run(silentContext({ folder }), settings.parse({ map, box: BOX, pixelSize: 0.05, sigma: 0.5 })))
    expect(cut?.message).toMatch(/^\S+map\.mrc: a box of 16 is smaller than the particle/)
  })
})
