import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expandImage } from '#core/basis/steerable.ts'
import { cartesianSample, cartesianGrid } from '#core/moments/cartesian.ts'
import { combineParts, momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { Random } from '#core/random.ts'
import { readMoments } from '#io/moments-file.ts'
import { createStack } from '#io/stack-file.ts'
import { writeParticles } from '#io/star-file.ts'
import { silentContext, type LogLevel } from '#job/context.ts'
import { ComputePool } from '#parallel/compute-pool.ts'
import { estimateMoments, type EstimateOptions } from '#task/estimate-moments/estimate.ts'
import { run } from '#task/estimate-moments/run.ts'
import { settings } from '#task/estimate-moments/settings.ts'
import { errorOf } from '../../support/error-of.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const BOX = 20
const SIGMA = 0.7
const threadPath = resolve(import.meta.dirname, '../../../out/main/compute-thread.js')

/** White noise of SIGMA around a constant-in-time smooth picture. */
function noisyImages(count: number, seed = 3): Float32Array {
  const random = new Random(seed)
  return Float32Array.from({ length: count * BOX * BOX }, (_, i) => {
    const x = (i % BOX) - BOX / 2
    const y = (Math.floor(i / BOX) % BOX) - BOX / 2
    return Math.exp(-(x * x + 2 * y * y) / 12) + SIGMA * random.normal()
  })
}

async function writeStack(path: string, images: Float32Array): Promise<string> {
  const writer = await createStack(path, { size: BOX, pixelSize: 2.5 })
  await writer.append(images)
  await writer.finish()
  return path
}

interface Wish extends Partial<EstimateOptions> {
  readonly pool?: ComputePool
  readonly abortAt?: number
  readonly logs?: [LogLevel, string][]
}

function estimate(particles: string, { pool, abortAt = 2, logs = [], ...options }: Wish = {}): Promise<MomentSet> {
  const cancel = new AbortController()
  const context = silentContext({
    ...(pool && { pool }),
    signal: cancel.signal,
    onProgress: (fraction) => {
      if (fraction >= abortAt) cancel.abort()
    },
    onLog: (level, text) => logs.push([level, text]),
  })
  return estimateMoments(context, { particles, parts: 16, checkpointPath: `${particles}.unfinished`, ...options })
}

describe('estimateMoments', () => {
  it('gives the same numbers bit for bit on 0, 1 and 2 threads, Cartesian form and an odd image count included', async () => {
    const particles = await writeStack(`${temporaryFolder()}/s.mrcs`, noisyImages(83))
    const here = await estimate(particles, { cartesian: 'disc', cartesianRadius: 4 })
    for (const size of [1, 2]) {
      const pool = new ComputePool({ size, threadPath })
      expect(await estimate(particles, { cartesian: 'disc', cartesianRadius: 4, pool })).toEqual(here)
      await pool.close()
    }
  })

  it('goes on after an interruption to the same numbers bit for bit, and leaves no checkpoint', async () => {
    const folder = temporaryFolder()
    const particles = await writeStack(`${folder}/s.mrcs`, noisyImages(80))
    const whole = await estimate(particles, { cartesian: 'square' })
    // Two threads hold up to half of the pieces in flight: beyond that some are surely in the checkpoint.
    for (const [size, abortAt] of [[0, 0.3], [0, 0.8], [2, 0.7]] as const) {
      const pool = new ComputePool({ size, threadPath })
      const error = await errorOf(estimate(particles, { cartesian: 'square', pool, abortAt, checkpointSeconds: 0 }))
      await pool.close()
      expect(error?.tag).toBe('Cancelled')
      expect(existsSync(`${particles}.unfinished`)).toBe(true)
      const logs: [LogLevel, string][] = []
      expect(await estimate(particles, { cartesian: 'square', logs })).toEqual(whole)
      expect(logs.find(([, text]) => text.startsWith('resuming'))?.[1]).toMatch(/^resuming the moment pass at image [1-9]\d* of 80$/)
      expect(readdirSync(folder)).toEqual(['s.mrcs'])
    }
  })

  it('starts anew where the checkpoint is of other images, other settings, or damaged', async () => {
    const particles = await writeStack(`${temporaryFolder()}/s.mrcs`, noisyImages(80))
    await errorOf(estimate(particles, { abortAt: 0.5, checkpointSeconds: 0 }))
    const logs: [LogLevel, string][] = []
    const other = await estimate(particles, { logs, radius: 7 })
    expect(other.specification.radius).toBe(7)
    await errorOf(estimate(particles, { abortAt: 0.5, checkpointSeconds: 0 }))
    writeFileSync(`${particles}.unfinished`, readFileSync(`${particles}.unfinished`).subarray(0, 5000))
    await estimate(particles, { logs })
    await errorOf(estimate(particles, { abortAt: 0.5, checkpointSeconds: 0 }))
    await writeStack(particles, noisyImages(80, 4))
    await estimate(particles, { logs })
    expect(logs).toEqual([])
  })

  it('are the sums of the plain definitions, split by rlnRandomSubset', async () => {
    const folder = temporaryFolder()
    const count = 30
    const images = noisyImages(count)
    await writeStack(`${folder}/s.mrcs`, images)
    const subsets = Int8Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 1 : 2))
    const angles = { rot: new Float64Array(count), tilt: new Float64Array(count), psi: new Float64Array(count), originX: new Float64Array(count), originY: new Float64Array(count) }
    await writeParticles(`${folder}/s.star`, { stack: 's.mrcs', count, pixelSize: 2.5, boxSize: BOX, poses: angles, randomSubset: subsets })
    const set = await estimate(`${folder}/s.star`, { cartesian: 'disc' })
    const { basis } = momentBases(set.specification)
    expect(set.specification.pixelSize).toBeCloseTo(2.5, 5)
    for (const half of [1, 2] as const) {
      const mine = [...Array(count).keys()].filter((i) => subsets[i] === half)
      const sums = combineParts(set, momentBases(set.specification), (part) => part.half === half)
      expect(sums.imageCount).toBe(mine.length)
      const expected = new Float64Array(basis.counts[0]!)
      const power = new Float64Array(1)
      for (const i of mine) {
        const y = expandImage(basis, images.subarray(i * BOX ** 2, (i + 1) * BOX ** 2))
        expected.forEach((_, p) => (expected[p]! += y[p]!))
        power[0]! += y[basis.offsets[3]!]! ** 2 + y[basis.offsets[3]! + basis.counts[3]!]! ** 2
      }
      sums.first.forEach((value, p) => expect(Math.abs(value - expected[p]!)).toBeLessThan(1e-4))
      expect(sums.second[3]!.re[0]! / power[0]!).toBeCloseTo(1, 5)
      const grid = cartesianGrid(BOX, set.specification.cartesian!)
      const samples = mine.map((i) => cartesianSample(grid, images.subarray(i * BOX ** 2, (i + 1) * BOX ** 2)))
      const cartesian = set.cartesian![half - 1]
      expect(cartesian!.imageCount).toBe(mine.length)
      expect(cartesian!.first[3]! / samples.reduce((sum, s) => sum + s[3]!, 0)).toBeCloseTo(1, 4)
    }
  })

  it('takes sigma as given, or from the corners within three standard errors', async () => {
    const count = 400
    const particles = await writeStack(`${temporaryFolder()}/s.mrcs`, noisyImages(count))
    const given = await estimate(particles, { sigma: 0.5 })
    expect([given.noiseVariance, given.noiseSource]).toEqual([0.25, 'given'])
    const found = await estimate(particles, { radius: 8 })
    expect(found.noiseSource).toBe('background')
    let corners = 0
    for (let y = -10; y < 10; y++) for (let x = -10; x < 10; x++) if (x * x + y * y > 64) corners++
    // The picture's own rim is below 1e-2 of sigma there.
    expect(Math.abs(found.noiseVariance / SIGMA ** 2 - 1)).toBeLessThan(3 * Math.sqrt(2 / (corners * count)) + 1e-3)
  })

  it('skips images that are not finite, with a warning, in both forms alike', async () => {
    const folder = temporaryFolder()
    const images = noisyImages(40)
    const odd = images.slice()
    const clean = await estimate(await writeStack(`${folder}/clean.mrcs`, images))
    odd[7 * BOX ** 2 + 11] = Number.NaN
    odd[22 * BOX ** 2] = Infinity
    const logs: [LogLevel, string][] = []
    const set = await estimate(await writeStack(`${folder}/odd.mrcs`, odd), { logs, cartesian: 'disc' })
    expect(logs).toEqual([['warning', '2 of 40 images were left out: they hold values that are not finite']])
    const total = combineParts(set, momentBases(set.specification))
    expect(total.imageCount).toBe(38)
    expect(set.cartesian![0].imageCount + set.cartesian![1].imageCount).toBe(38)
    const y = [7, 22].map((i) => expandImage(momentBases(set.specification).basis, images.subarray(i * BOX ** 2, (i + 1) * BOX ** 2)))
    const all = combineParts(clean, momentBases(clean.specification))
    expect(total.first[0]! + y[0]![0]! + y[1]![0]!).toBeCloseTo(all.first[0]!, 3)
  })
})

describe('bad input', () => {
  const refused = async (images: Float32Array, options: Wish = {}): Promise<string | undefined> => {
    const folder = temporaryFolder()
    const particles = await writeStack(`${folder}/s.mrcs`, images)
    const error = await errorOf(estimate(particles, options))
    expect(readdirSync(folder)).toEqual(['s.mrcs'])
    expect(error?.tag).toBe('InvalidInput')
    return error?.message.replace(folder, '')
  }

  it('is refused in one sentence, and leaves nothing behind', async () => {
    expect(await refused(noisyImages(1))).toBe('/s.mrcs: 1 image, expected at least 2')
    expect(await refused(noisyImages(20).fill(Number.NaN))).toBe('/s.mrcs: 0 usable images, expected at least 2')
    expect(await refused(noisyImages(20).fill(2))).toMatch(/^the noise cannot be estimated: the pixels outside the disc of radius \d+ px hold only constant values; give sigma$/)
    expect(await refused(noisyImages(20), { sigma: 0 })).toMatch(/^sigma is 0, expected more than 0/)
    expect(await refused(noisyImages(20), { parts: 3 })).toBe('the number of partial sums is 3, expected an even number')
    expect(await refused(noisyImages(20), { radius: 10 })).toBe('the disc radius is 10 px, expected 3 to 9 for a box of 20 px')
    expect(await refused(noisyImages(20), { maxShell: 11 })).toMatch(/^the highest shell is 11, expected/)
    expect(await refused(noisyImages(20), { cartesian: 'disc', cartesianRadius: 12 })).toMatch(/^the Cartesian moments' radius is 12 shells, expected 1 to 9/)
    expect(await refused(noisyImages(20), { cartesianRadius: 5 })).toMatch(/expected disc$/)
  })

  it('a stack cut short is refused when opened; settings refuse a negative sigma', async () => {
    const folder = temporaryFolder()
    const path = await writeStack(`${folder}/s.mrcs`, noisyImages(20))
    writeFileSync(path, readFileSync(path).subarray(0, 9000))
    expect((await errorOf(estimate(path)))?.message).toMatch(/s\.mrcs: .*(cut short|9000)/)
    expect(settings.safeParse({ particles: path, out: 'x.h5', sigma: -1 }).success).toBe(false)
  })
})

describe('run', () => {
  it('writes the file it names, with the numbers of the pass', async () => {
    const folder = temporaryFolder()
    const particles = await writeStack(`${folder}/s.mrcs`, noisyImages(50))
    const summary = await run(silentContext(), settings.parse({ particles, out: `${folder}/m.h5`, cartesian: 'disc' }))
    expect(summary).toMatchObject({ images: 50, box: BOX, noiseSource: 'background', parts: 16, files: { moments: `${folder}/m.h5` } })
    const set = await readMoments(`${folder}/m.h5`)
    const direct = await estimate(particles, { cartesian: 'disc' })
    expect(set.noiseVariance).toBe(direct.noiseVariance)
    expect(set.parts.map((part) => part.sums.second)).toEqual(direct.parts.map((part) => part.sums.second))
    expect(set.cartesian![1].first).toEqual(direct.cartesian![1].first)
    expect(readdirSync(folder).sort()).toEqual(['m.h5', 's.mrcs'])
  })
})
