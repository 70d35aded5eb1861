import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openMrc } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { makeVolume } from '#core/volume/volume.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { errorOf } from '../support/error-of.ts'
import { mrcBytes, smallMap, type HandMadeMrc } from '../support/mrc-bytes.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function written(bytes: Uint8Array, name = 'map.mrc'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, bytes)
  return path
}

/** A map whose values are 1, 2, 3, … in file order. */
function rampMap(nx: number, ny: number, nz: number, changes: Partial<HandMadeMrc> = {}): Buffer {
  const values = Float32Array.from({ length: nx * ny * nz }, (_, i) => i + 1)
  return mrcBytes({ nx, ny, nz, mode: 2, data: new Uint8Array(values.buffer), ...changes })
}

describe('readVolume and writeVolume', () => {
  it('write and read the same volume', async () => {
    const path = join(temporaryFolder(), 'map.mrc')
    const volume = makeVolume(5, 1.25, Float32Array.from({ length: 125 }, (_, i) => Math.sin(i)), [-2.5, 0, 5])
    await writeVolume(path, volume, { labels: ['a test'] })
    const { volume: read, warnings } = await readVolume(path)
    expect(read).toEqual(volume)
    expect(warnings).toEqual([])
    const file = await openMrc(path, { strict: true })
    expect([file.kind, file.header.labels[0]]).toEqual(['volume', 'a test'])
    await file.close()
  })

  it('pads a map that is no cube around its centre voxel and moves the origin along', async () => {
    const path = written(rampMap(3, 4, 5, { floats: { 50: 10, 51: 20, 52: 30 } }))
    const { volume, warnings } = await readVolume(path)
    expect([volume.size, volume.voxelSize]).toEqual([5, 2])
    expect(warnings).toContain('the map is 3 x 4 x 5: padded with zeros to a cube of 5')
    // The centre voxel floor(n/2) is (1, 2, 2) of the map and (2, 2, 2) of the cube.
    expect(volume.data[(2 * 5 + 2) * 5 + 2]).toBe((2 * 4 + 2) * 3 + 1 + 1)
    expect(volume.data.reduce((sum, value) => sum + value, 0)).toBe((60 * 61) / 2)
    expect(volume.origin).toEqual([10 - 2, 20, 30])
    // The position of the map's own voxel (0,0,0) has not changed.
    expect(volume.data[(0 * 5 + 0) * 5 + 1]).toBe(1)
  })

  it('turns axes before padding', async () => {
    const path = written(rampMap(2, 3, 4, { ints: { 17: 3, 18: 1, 19: 2, 8: 3, 9: 4, 10: 2 }, floats: { 11: 6, 12: 8, 13: 4 } }))
    const { volume } = await readVolume(path)
    // Columns run along Z, rows along X, sections along Y: shape is 3 x 4 x 2, padded by (0, 0, 1).
    expect(volume.size).toBe(4)
    const at = (c: number, r: number, s: number): number => (s * 3 + r) * 2 + c + 1
    for (let z = 0; z < 2; z++) for (let y = 0; y < 4; y++) for (let x = 0; x < 3; x++) expect(volume.data[((z + 1) * 4 + y) * 4 + x + 1]).toBe(at(z, x, y))
  })

  it('says that an undetermined voxel size is taken as 1, and takes a given one', async () => {
    const path = written(rampMap(3, 3, 3, { floats: { 11: 0, 12: 0, 13: 0 } }))
    const { volume, warnings } = await readVolume(path)
    expect(volume.voxelSize).toBe(1)
    expect(warnings).toContain('the voxel size is taken as 1 Angstrom')
    expect((await readVolume(path, { voxelSize: 5 })).volume.voxelSize).toBe(5)
  })

  it('refuses what is no real, finite, isotropic volume, in one sentence', async () => {
    const refuses = async (bytes: Uint8Array, sentence: RegExp, name?: string): Promise<void> => {
      const error = await errorOf(readVolume(written(bytes, name)))
      expect(error?.message).toMatch(sentence)
      expect(error?.tag).toMatch(/InvalidInput|UnsupportedFormat/)
      expect(error?.message).not.toContain('\n')
    }
    await refuses(smallMap(4), /stack of 4 images, expected a volume/, 'a.mrcs')
    await refuses(rampMap(4, 4, 1), /single image/)
    await refuses(rampMap(3, 3, 3, { floats: { 11: 6, 12: 6, 13: 9 } }), /voxel sizes are 2, 2, 3 Angstrom/)
    const nan = rampMap(3, 3, 3)
    nan.writeFloatLE(Number.NaN, 1024)
    nan.writeFloatLE(Infinity, 1028)
    await refuses(nan, /2 of 27 voxels are NaN or infinite/)
    await refuses(mrcBytes({ nx: 2, ny: 2, nz: 2, mode: 4, data: new Uint8Array(64) }), /complex/)
    expect((await readVolume(written(rampMap(3, 3, 3, { floats: { 11: 6, 12: 6, 13: 9 } })), { voxelSize: 2 })).volume.voxelSize).toBe(2)
  })

  it('does not write a volume with NaN, and leaves nothing', async () => {
    const folder = temporaryFolder()
    const error = await errorOf(writeVolume(join(folder, 'map.mrc'), makeVolume(2, 1, new Float32Array(8).fill(Number.NaN))))
    expect(error?.tag).toBe('InvalidInput')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe.skipIf(!hasSharedData)('real maps as cubes', () => {
  // Sizes: README.md beside the files.
  it.each([
    ['maps/emd_1832.map.gz', 64, 5.7],
    ['maps/ribo70s_65.mrc.gz', 65, 1],
    ['maps/emd_1080.map.gz', 100, 2.7],
    ['maps/betagal_100.mrc.gz', 100, 3.54],
    ['maps/emd_32143_low.map.gz', 100, 1.5272],
    ['maps/c4_channel_97.mrc.gz', 97, 3],
    ['maps/emd_5170.map.gz', 100, 2.38],
    ['maps/toy_dumbbell_30.mrc.gz', 30, 1],
    ['mrc-odd/EMD-3197.map.bz2', 20, 11.4],
    ['mrc-odd/bigendian_map.ccp4.gz', 88, 0.7135],
    ['mrc-odd/50S-vol_32x32x128.mrc.gz', 128, 4],
    ['mrc-odd/emd_1155_mode0.ccp4.gz', 281, 16.4],
  ])('%s', async (path, size, voxelSize) => {
    const { volume } = await readVolume(sharedData(path))
    expect(volume.size).toBe(size)
    expect(volume.voxelSize).toBeCloseTo(voxelSize, 3)
  })
})
