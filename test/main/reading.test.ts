import { copyFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makePhantom, rasterizePhantom } from '#core/volume/phantom.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { flipHand, subtractFitted } from '../../src-main/reading/derived-map.ts'
import { DescriptionStore } from '../../src-main/reading/description-store.ts'
import { Reader } from '../../src-main/reading/reader.ts'
import { VolumeStore } from '../../src-main/reading/volume-store.ts'
import { smallMap } from '../support/mrc-bytes.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const reader = new Reader(resolve(import.meta.dirname, '../../out/main/reading-thread.js'))
afterAll(() => reader.close())

describe('other hands', () => {
  it.each([7, 8])('keep the centre voxel of a box of %i and come back when mirrored again', (n) => {
    const values = Float32Array.from({ length: n ** 3 }, (_, i) => i)
    const flipped = flipHand(makeVolume(n, 1, values))
    const c = Math.floor(n / 2)
    const at = (x: number, y: number, z: number): number => (z * n + y) * n + x
    expect(flipped.data[at(c, 1, 2)]).toBe(values[at(c, 1, 2)])
    expect(flipped.data[at(c + 1, 1, 2)]).toBe(values[at(c - 1, 1, 2)])
    expect([...flipHand(flipped).data]).toEqual([...values])
  })
})

describe('difference maps', () => {
  it('find scale and offset, and leave what only one map has', () => {
    const b = rasterizePhantom(makePhantom(), 24)
    const extra = new Float32Array(24 ** 3)
    const a = makeVolume(24, b.voxelSize, b.data.map((value, i) => 3 * value + 0.5 + extra[i]!))
    const { scale, offset, correlation, difference } = subtractFitted(a, b)
    expect(scale).toBeCloseTo(3, 4)
    expect(offset).toBeCloseTo(0.5, 5)
    expect(correlation).toBeCloseTo(1, 6)
    expect(Math.max(...difference.data.map(Math.abs))).toBeLessThan(1e-5)
  })

  it('resample the second map to the first', async () => {
    const folder = temporaryFolder()
    const [a, b, out] = ['a.mrc', 'b.mrc', 'out.mrc'].map((name) => join(folder, name)) as [string, string, string]
    const phantom = makePhantom()
    const coarse = rasterizePhantom(phantom, 24)
    await writeVolume(a, coarse)
    await writeVolume(b, rasterizePhantom(phantom, 48, coarse.voxelSize / 2))
    const { text } = await reader.run('differenceMap', { a, b, out })
    expect(text).toMatch(/correlation of the two (1\.000|0\.99\d); b was resampled from 48 voxels/)
    const rest = (await readVolume(out)).volume.data
    expect(Math.hypot(...rest) / Math.hypot(...coarse.data)).toBeLessThan(0.1)
  })
})

it('describes a file once, and again when it has changed', async () => {
  const path = join(temporaryFolder(), 'map.mrc')
  await writeFile(path, smallMap(8))
  const store = new DescriptionStore(reader, () => undefined)
  const first = await store.describe(path)
  expect(await store.describe(path)).toBe(first)
  expect(first).toMatchObject({ kind: 'map', summary: '8 x 8 x 8, 2 A' })
  await writeFile(path, smallMap(9))
  expect((await store.describe(path)).summary).toBe('9 x 9 x 9, 2 A')
})

it('keeps maps up to its limit, the last used longest', async () => {
  const folder = temporaryFolder()
  const paths = [8, 9, 10].map((n) => join(folder, `${n}.mrc`))
  for (const [i, path] of paths.entries()) await writeFile(path, smallMap(8 + i))
  const store = new VolumeStore(reader, 4 * (8 ** 3 + 10 ** 3))
  const first = await store.open(paths[0]!)
  await store.open(paths[1]!)
  expect(await store.open(paths[0]!)).toBe(first)
  await store.open(paths[2]!)
  expect(await store.open(paths[0]!)).toBe(first)
  expect(store.bytes).toBe(4 * (8 ** 3 + 10 ** 3))
  await expect(store.open(join(folder, 'none.mrc'))).rejects.toMatchObject({ code: 'ENOENT' })
})

describe.runIf(hasSharedData)('cards of real files', () => {
  const describeShared = (path: string) => reader.run('describeFile', { path: sharedData(path) })

  it('tell what the reader repaired, beside the field it is about', async () => {
    const ribosome = await describeShared('maps/ribo70s_65.mrc.gz')
    expect(ribosome).toMatchObject({ kind: 'map', summary: '65 x 65 x 65, size undetermined' })
    expect(ribosome.fields.find(({ name }) => name === 'Voxel size')).toMatchObject({ value: 'undetermined' })
    expect(ribosome.repairs.length).toBeGreaterThan(0)
    const turned = await describeShared('maps/emd_32143_low.map.gz')
    expect(turned.fields.find(({ name }) => name === 'Axis order')!.value).toBe('Y, X, Z')
    expect((await describeShared('maps/emd_5170.map.gz')).repairs.join()).toMatch(/faces of the box/)
  })

  it('tell of stacks and lists how many images there are', async () => {
    const stack = await describeShared('stacks/betagal-empiar10061/particles.mrcs').catch(() => undefined)
    if (stack) expect(stack.images).toMatchObject({ count: 64, size: 96 })
    const folder = temporaryFolder()
    await copyFile(sharedData('maps/emd_1832.map.gz'), join(folder, 'whatever.bin'))
    expect((await reader.run('describeFile', { path: join(folder, 'whatever.bin') })).summary).toBe('64 x 64 x 64, 5.7 A')
  })

  it.each([
    ['mrc-odd/emd_3197.png.gz', /PNG/i],
    ['mrc-odd/header_only.mrc', /header_only\.mrc/],
    ['mrc-odd/empty1.map', /empty1\.map/],
    ['README.md', /README\.md/],
  ])('refuse what is none in a sentence: %s', async (path, sentence) => {
    await expect(describeShared(path)).rejects.toThrow(sentence)
  })
})
