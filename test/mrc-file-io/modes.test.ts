import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openMrc } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { mrcBytes, smallMap, type HandMadeMrc } from '../support/mrc-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const size = { nx: 3, ny: 2, nz: 2 }
const count = 12

/** Data bytes put down value by value by a DataView, in the byte order asked for. */
function dataOf(values: readonly number[], unit: number, put: (view: DataView, offset: number, value: number) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * unit))
  values.forEach((value, i) => put(view, i * unit, value))
  return new Uint8Array(view.buffer)
}

const ramp = Array.from({ length: count }, (_, i) => i)

const modes: readonly { readonly mode: number; readonly values: readonly number[]; readonly data: (little: boolean) => Uint8Array }[] = [
  { mode: 0, values: ramp.map((i) => i - 6), data: () => dataOf(ramp.map((i) => i - 6), 1, (view, at, value) => view.setInt8(at, value)) },
  { mode: 1, values: ramp.map((i) => 3000 * i - 16000), data: (little) => dataOf(ramp.map((i) => 3000 * i - 16000), 2, (view, at, value) => view.setInt16(at, value, little)) },
  { mode: 2, values: ramp.map((i) => Math.fround(Math.sin(i) * 1e-3)), data: (little) => dataOf(ramp.map((i) => Math.sin(i) * 1e-3), 4, (view, at, value) => view.setFloat32(at, value, little)) },
  { mode: 3, values: [...ramp, ...ramp].map((i) => i * 100), data: (little) => dataOf([...ramp, ...ramp].map((i) => i * 100), 2, (view, at, value) => view.setInt16(at, value, little)) },
  { mode: 4, values: [...ramp, ...ramp].map((i) => Math.fround(Math.cos(i))), data: (little) => dataOf([...ramp, ...ramp].map((i) => Math.cos(i)), 4, (view, at, value) => view.setFloat32(at, value, little)) },
  { mode: 6, values: ramp.map((i) => 5900 * i), data: (little) => dataOf(ramp.map((i) => 5900 * i), 2, (view, at, value) => view.setUint16(at, value, little)) },
  // binary16: 1 is 0x3c00, each step of the exponent doubles.
  { mode: 12, values: ramp.map((i) => 2 ** (i - 6)), data: (little) => dataOf(ramp.map((i) => (i - 6 + 15) << 10), 2, (view, at, value) => view.setUint16(at, value, little)) },
  // Low nibble first, rows of three padded to two bytes.
  { mode: 101, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15], data: () => Uint8Array.of(0x21, 0x03, 0x54, 0x06, 0x87, 0x09, 0xba, 0x0f) },
]

describe('data modes', () => {
  for (const { mode, values, data } of modes) {
    for (const bigEndian of [false, true]) {
      it(`reads mode ${mode}, ${bigEndian ? 'big' : 'little'}-endian, plain and gzip, with an extended header`, async () => {
        const bytes = mrcBytes({ ...size, mode, bigEndian, extended: new Uint8Array(7).fill(9), data: data(!bigEndian) })
        const folder = temporaryFolder()
        writeFileSync(join(folder, 'plain.mrc'), bytes)
        writeFileSync(join(folder, 'packed.mrc'), gzipSync(bytes))
        for (const name of ['plain.mrc', 'packed.mrc']) {
          const file = await openMrc(join(folder, name), { strict: true })
          expect(file.header.littleEndian).toBe(!bigEndian)
          expect([...file.voxelSize]).toEqual([2, 2, 2])
          expect([...(await file.readAll())]).toEqual(values)
          const half = values.length / 2
          expect([...(await file.readSections(1, 1))]).toEqual(values.slice(half))
          expect([...(await file.readSections(0, 1))]).toEqual(values.slice(0, half))
          expect([...(await file.readExtendedHeader())]).toEqual([9, 9, 9, 9, 9, 9, 9])
          await file.close()
        }
      })
    }
  }

  it('gives the statistics of moduli for complex data', async () => {
    const pairs = [3, 4, 0, 0, 5, 12]
    const file = await opened(mrcBytes({ nx: 3, ny: 1, nz: 1, mode: 4, data: dataOf(pairs, 4, (view, at, value) => view.setFloat32(at, value, true)) }))
    const statistics = await file.statistics()
    expect([statistics.count, statistics.min, statistics.max, statistics.mean]).toEqual([3, 0, 13, 6])
  })
})

async function opened(bytes: Uint8Array, name = 'file.mrc', options: Parameters<typeof openMrc>[1] = {}): ReturnType<typeof openMrc> {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, bytes)
  const file = await openMrc(path, options)
  return file
}

describe('headers that break the standard', () => {
  const cases: readonly (readonly [string, Partial<HandMadeMrc>, RegExp])[] = [
    ['no machine stamp', { bytes: { 212: [0, 0, 0, 0] } }, /machine stamp "00 00 00 00"/],
    ['no stamp in a big-endian file', { bigEndian: true, data: dataOf([1, ...Array<number>(63).fill(0)], 4, (view, at, value) => view.setFloat32(at, value, false)), bytes: { 212: [0, 0, 0, 0] } }, /read as big-endian/],
    ['a stamp that contradicts the fields', { bytes: { 212: [0x11, 0x11, 0, 0] } }, /contradicts the fields/],
    ['"MAP" and a zero byte', { bytes: { 211: [0] } }, /followed by another byte than a space/],
    ['no identifier', { bytes: { 208: [0, 0, 0, 0] } }, /"MAP " is missing/],
    ['axes 0, 0, 0', { ints: { 17: 0, 18: 0, 19: 0 } }, /taken as 1, 2, 3/],
    ['NaN statistics', { floats: { 20: Number.NaN } }, /not set/],
    ['m = 0', { ints: { 8: 0, 9: 0, 10: 0 } }, /MX is 0/],
    ['negative cell', { floats: { 11: -8 } }, /negative \(-8\)/],
    ['NaN cell', { floats: { 11: Number.NaN, 12: Number.NaN, 13: Number.NaN } }, /undetermined/],
    ['an absurd origin', { floats: { 50: 1e20 } }, /not a position/],
    ['bytes after the data', { data: new Uint8Array(64 * 4 + 5).fill(0, 4).fill(0, 0, 2).fill(0x80, 2, 3).fill(0x3f, 3, 4) }, /5 bytes after the data/],
  ]
  it.each(cases)('%s: reported and read, refused in strict mode', async (_, changes, sentence) => {
    const bytes = smallMap(4, changes)
    const file = await opened(bytes, 'map.mrc')
    expect(file.report.sentences.join('\n')).toMatch(sentence)
    const values = await file.readVolume()
    expect(values[0]).toBe(1)
    await file.close()
    await expect(opened(bytes, 'map.mrc', { strict: true })).rejects.toMatchObject({ tag: 'InvalidInput' })
  })

  it('takes voxel size from cell / m and leaves 0 where the cell is 0', async () => {
    const known = await opened(smallMap(4, { ints: { 8: 5, 9: 10, 10: 4 }, floats: { 11: 10, 12: 20, 13: 8 } }))
    expect([...known.voxelSize]).toEqual([2, 2, 2])
    const unknown = await opened(smallMap(4, { floats: { 11: 0, 12: 0, 13: 0 } }))
    expect([...unknown.voxelSize]).toEqual([0, 0, 0])
    expect(unknown.report.sentences).toContain('voxel size is undetermined: the cell lengths are 0')
    await Promise.all([known.close(), unknown.close()])
  })

  it('takes ORIGIN before NSTART, and NSTART in files from before 2000', async () => {
    const both = { ints: { 5: 1, 6: 2, 7: 3 }, floats: { 50: 9, 51: 8, 52: 7 } }
    const files = await Promise.all([opened(smallMap(4, both)), opened(smallMap(4, { ...both, bytes: { 208: [0, 0, 0, 0] } })), opened(smallMap(4, { ints: both.ints }))])
    expect(files.map((file) => [...file.origin])).toEqual([[9, 8, 7], [2, 4, 6], [2, 4, 6]])
    for (const file of files) await file.close()
  })

  it('reads unsigned bytes where IMOD or the header says so', async () => {
    const bytes = { nx: 2, ny: 1, nz: 1, mode: 0, data: Uint8Array.of(200, 100) }
    const imod = [...'IMOD'].map((letter) => letter.charCodeAt(0))
    const plain = await opened(mrcBytes(bytes))
    const flagged = await opened(mrcBytes({ ...bytes, bytes: { 152: imod } }))
    const signed = await opened(mrcBytes({ ...bytes, bytes: { 152: imod, 156: [1, 0, 0, 0] } }))
    const byRange = await opened(mrcBytes({ ...bytes, floats: { 20: 0, 21: 200, 22: 150 } }))
    const files = [plain, flagged, signed, byRange]
    expect(await Promise.all(files.map(async (file) => [...(await file.readAll())]))).toEqual([[-56, 100], [200, 100], [-56, 100], [200, 100]])
    for (const file of files) await file.close()
  })

  it('turns every axis order to x, y, z', async () => {
    // Value = 100 x + 10 y + z at each grid point, laid down in the order each header claims.
    const shape = [2, 3, 4] as const
    for (const axes of [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] as const) {
      const [nx, ny, nz] = axes.map((axis) => shape[axis - 1]!) as [number, number, number]
      const values: number[] = []
      for (let s = 0; s < nz; s++) {
        for (let r = 0; r < ny; r++) {
          for (let c = 0; c < nx; c++) {
            const position = [0, 0, 0]
            position[axes[0] - 1] = c
            position[axes[1] - 1] = r
            position[axes[2] - 1] = s
            values.push(100 * position[0]! + 10 * position[1]! + position[2]!)
          }
        }
      }
      const data = dataOf(values, 4, (view, at, value) => view.setFloat32(at, value, true))
      const file = await opened(mrcBytes({ nx, ny, nz, mode: 2, data, ints: { 17: axes[0], 18: axes[1], 19: axes[2], 8: 2, 9: 3, 10: 4 } }))
      expect([...file.shape]).toEqual([2, 3, 4])
      const volume = await file.readVolume()
      for (let z = 0; z < 4; z++) for (let y = 0; y < 3; y++) for (let x = 0; x < 2; x++) expect(volume[(z * 3 + y) * 2 + x]).toBe(100 * x + 10 * y + z)
      await file.close()
    }
  })
})

describe('what kind a file is', () => {
  const cases: readonly (readonly [string, string, Partial<HandMadeMrc>, string])[] = [
    ['space group 1, mz = nz', 'a.mrc', {}, 'volume'],
    ['space group 0, mz = 1', 'a.mrc', { ints: { 10: 1, 23: 0 } }, 'image-stack'],
    ['space group 0, mz = nz, named .mrc', 'a.mrc', { ints: { 23: 0 } }, 'volume'],
    ['space group 1, named .mrcs', 'a.mrcs', {}, 'image-stack'],
    ['space group 1, named .mrcs.gz', 'a.mrcs.gz', {}, 'image-stack'],
    ['space group 401, two volumes', 'a.mrc', { ints: { 10: 2, 23: 401 } }, 'volume-stack'],
    ['space group 1 without depth', 'a.mrc', { floats: { 13: 0 } }, 'image-stack'],
  ]
  it.each(cases)('%s, named %s: %s', async (_, name, changes, kind) => {
    const file = await opened(smallMap(4, changes), name)
    expect(file.kind).toBe(kind)
    await file.close()
  })

  it('reads the volumes of a volume stack one by one', async () => {
    const values = Array.from({ length: 16 }, (_, i) => i)
    const file = await opened(mrcBytes({ nx: 2, ny: 2, nz: 4, mode: 2, ints: { 10: 2, 23: 401 }, data: dataOf(values, 4, (view, at, value) => view.setFloat32(at, value, true)) }))
    expect(file.volumeCount).toBe(2)
    expect([...(await file.readVolume(1))]).toEqual(values.slice(8))
    await expect(file.readVolume(2)).rejects.toMatchObject({ tag: 'InvalidInput' })
    await file.close()
  })
})
