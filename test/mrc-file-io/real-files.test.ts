import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { openMrc, type MrcFile } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../support/error-of.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'

// Expected values: manifest.json beside the files, computed by other software when they were collected.
interface ManifestHeader {
  readonly nx: number
  readonly ny: number
  readonly nz: number
  readonly mode: number
  readonly m: readonly number[]
  readonly cell: readonly number[]
  readonly map_crs: readonly number[]
  readonly nstart: readonly number[]
  readonly origin: readonly number[]
  readonly ispg: number
  readonly nsymbt: number
  readonly exttyp: string
  readonly nversion: number
  readonly map_id: string
  readonly machst: string
  readonly endian: 'little' | 'big'
  readonly header_dmin_dmax_dmean: readonly (number | null)[]
  readonly data?: { readonly first: number; readonly last: number; readonly min: number; readonly max: number; readonly mean: number; readonly std: number }
  readonly canonical_xyz_shape?: readonly number[]
  readonly probe_xyz?: readonly (readonly [readonly number[], number])[]
}
type Manifest = Record<string, { readonly sha256: string; readonly header?: ManifestHeader }>

const manifest: Manifest = hasSharedData ? (JSON.parse(readFileSync(sharedData('manifest.json'), 'utf8')) as Manifest) : {}

const refused: Record<string, readonly [string, RegExp]> = {
  'mrc-odd/emd_3197.png.gz': ['UnsupportedFormat', /the gzip file holds a PNG image/],
  'mrc-odd/empty1.map': ['InvalidInput', /expected at least 1024 bytes, found 0$/],
  'mrc-odd/imp_mini.map': ['InvalidInput', /expected at least 1024 bytes, found 8$/],
  'mrc-odd/jeol_not_mrc.map': ['UnsupportedFormat', /not an MRC file/],
  'mrc-odd/header_only.mrc': ['InvalidInput', /132096 bytes are expected, found 1024/],
  'mrc-odd/test_data_corrupt_header.map': ['InvalidInput', /301 x 401 x 71 .* 34280108 bytes are expected, found 1108/],
  'mrc-odd/imp_invalid_axes.mrc': ['InvalidInput', /MAPC, MAPR, MAPS .* 10, 11, 12, expected a permutation/],
}

// What the README beside the files says of them.
const volumes = /^maps\/|EMD-|emd_(3001|3197|8216|1155)|bigendian|3pqr|merge|tiny1|multi0|imp_|h2o|fake|gemmi|cctbx|50S|human/
const isStack = /\.mrcs(\.gz)?$|empiar_10076_7|movie/

function kindExpected(path: string): string {
  if (path.includes('ispg401')) return 'volume-stack'
  if (isStack.test(path)) return 'image-stack'
  return volumes.test(path) ? 'volume' : 'image'
}

const readable = Object.entries(manifest).filter(([path, entry]) => entry.header?.data && !(path in refused))

describe.skipIf(!hasSharedData)('real files', () => {
  it('are all there', () => {
    expect(readable.length).toBeGreaterThanOrEqual(55)
    for (const path of Object.keys(refused)) expect(existsSync(sharedData(path)), path).toBe(true)
  })

  it.each(readable.map(([path, entry]) => [path, entry.header!] as const))('%s agrees with the manifest', async (path, expected) => {
    const file = await openMrc(sharedData(path))
    try {
      expectHeader(file, expected)
      expect(file.kind).toBe(kindExpected(path))
      expect([...file.shape]).toEqual(expected.canonical_xyz_shape ?? [expected.nx, expected.ny, expected.nz])
      expected.cell.slice(0, 3).forEach((cell, i) => expectNear(file.voxelSize[i]!, Math.abs(cell) / expected.m[i]!))
      await expectData(file, expected)
    } finally {
      await file.close()
    }
  })

  it.each(Object.entries(refused))('%s is refused with one sentence', async (path, [tag, sentence]) => {
    const error = await errorOf(openMrc(sharedData(path)))
    expect(error?.tag).toBe(tag)
    expect(error?.message).toMatch(sentence)
    expect(error?.message).not.toContain('\n')
    expect(error?.message).toContain(sharedData(path))
  })

  it('places maps by the origin rule', async () => {
    const originOf = async (path: string): Promise<readonly number[]> => {
      const file = await openMrc(sharedData(path))
      await file.close()
      return file.origin
    }
    const expectOrigin = async (path: string, expected: readonly number[]): Promise<void> =>
      (await originOf(path)).forEach((value, i) => expect(value, path).toBeCloseTo(expected[i]!, 3))
    await expectOrigin('maps/emd_1832.map.gz', [-182.4, -182.4, -182.4])
    await expectOrigin('mrc-odd/EMD-3197.map', [-22.8, 0, 0])
    await expectOrigin('mrc-odd/imp_mini.mrc', [55, 75, -44])
    await expectOrigin('mrc-odd/h2o-elf-nstart-origin.mrc.gz', [1.2, 3.4, 5.6])
    // NSTART counts columns, rows, sections; axes are 2, 1, 3: x starts at 4, y at 3, z at 5; voxel 0.15.
    await expectOrigin('mrc-odd/h2o-elf-nstart-skwtrn.ccp4.gz', [0.6, 0.45, 0.75])
    // Axes 3, 1, 2: columns run along Z. NSTART 0, -21, -12; voxel 17.93/40, 4.71/12, 33.03/72.
    await expectOrigin('mrc-odd/EMD-3001.map', [(-21 * 17.93) / 40, (-12 * 4.71) / 12, 0])
  })

  it('says what is odd', async () => {
    const remarks = async (path: string): Promise<string> => {
      const file = await openMrc(sharedData(path))
      await file.close()
      return file.report.sentences.join('\n')
    }
    expect(await remarks('maps/ribo70s_65.mrc.gz')).toContain('voxel size is undetermined')
    expect(await remarks('maps/emd_1080.map.gz')).toContain('cell / M')
    expect(await remarks('maps/emd_5170.map.gz')).toContain('44 44 20 20')
    expect(await remarks('mrc-odd/h2o-elf-nstart-origin.mrc.gz')).toContain('4d 41 45 20')
    expect(await remarks('mrc-odd/imp_mini.mrc')).toContain('NaN')
    expect(await remarks('mrc-odd/rsciio_Custom_movie.mrc')).toMatch(/negative \(-160\)/)
    expect(await remarks('stacks/toy-dumbbell/toy_projections.mrcs.gz')).toContain('"MAP " is missing')
    expect(await remarks('maps/emd_1832.map.gz')).toBe('')
  })

  it('opens clean files in strict mode and refuses odd ones with the reason', async () => {
    for (const path of ['maps/emd_1832.map.gz', 'maps/emd_32143_low.map.gz', 'mrc-odd/EMD-3001.map.bz2', 'mrc-odd/bigendian_map.ccp4.gz']) {
      await (await openMrc(sharedData(path), { strict: true })).close()
    }
    for (const path of ['maps/emd_5170.map.gz', 'mrc-odd/imp_mini.mrc', 'mrc-odd/rsciio_Custom_movie.mrc', 'stacks/relion31-256/relion31.mrcs.gz']) {
      const error = await errorOf(openMrc(sharedData(path), { strict: true }))
      expect(error?.tag, path).toBe('InvalidInput')
      expect(error?.message, path).toContain('strict mode')
    }
  })

  it('never changes a source file', () => {
    for (const [path, entry] of Object.entries(manifest)) {
      if (!/^(maps|mrc-odd|stacks)\//.test(path)) continue
      expect(createHash('sha256').update(readFileSync(sharedData(path))).digest('hex'), path).toBe(entry.sha256)
    }
  })

  it('reads the same map from plain, gzip and bzip2 copies', async () => {
    const [plain, gzip, bzip2] = await Promise.all(
      ['EMD-3001.map', 'emd_3001.map.gz', 'EMD-3001.map.bz2'].map(async (name) => {
        const file = await openMrc(sharedData(`mrc-odd/${name}`))
        const values = await file.readVolume()
        await file.close()
        return { compression: file.compression, values }
      }),
    )
    expect([plain!.compression, gzip!.compression, bzip2!.compression]).toEqual(['none', 'gzip', 'bzip2'])
    expect(gzip!.values).toEqual(plain!.values)
    expect(bzip2!.values).toEqual(plain!.values)
  })
})

function expectHeader(file: MrcFile, expected: ManifestHeader): void {
  const { header } = file
  expect([header.nx, header.ny, header.nz, header.mode]).toEqual([expected.nx, expected.ny, expected.nz, expected.mode])
  expect([...header.m]).toEqual(expected.m)
  expect([...header.axes]).toEqual(expected.map_crs)
  expect([...header.nstart]).toEqual(expected.nstart)
  expect([header.ispg, header.nsymbt, header.exttyp, header.nversion]).toEqual([expected.ispg, expected.nsymbt, expected.exttyp, expected.nversion])
  expect(header.mapId.replace(/\0+$/, '')).toBe(expected.map_id)
  expect(header.machineStamp.map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(expected.machst)
  expect(header.littleEndian).toBe(expected.endian === 'little')
  ;[...header.cell, ...header.angles].forEach((value, i) => expectNear(value, expected.cell[i]!))
  header.origin.forEach((value, i) => expectNear(value, expected.origin[i]!))
  ;[header.dmin, header.dmax, header.dmean].forEach((value, i) => {
    const wanted = expected.header_dmin_dmax_dmean[i]
    if (typeof wanted === 'number') expectNear(value, wanted)
    else expect(value).toBeNaN()
  })
}

async function expectData(file: MrcFile, expected: ManifestHeader): Promise<void> {
  const data = expected.data!
  const statistics = await file.statistics()
  const { nx, ny, nz } = file.header
  expect(statistics.count).toBe(nx * ny * nz)
  expect(statistics.nonFinite).toBe(0)
  expectNear(statistics.min, data.min)
  expectNear(statistics.max, data.max)
  expectNear(statistics.mean, data.mean, 1e-6 * data.std)
  expectNear(statistics.std, data.std)
  const first = await file.readSections(0, 1)
  const last = await file.readSections(nz - 1, 1)
  expectNear(first[0]!, data.first)
  expectNear(last.at(-1)!, data.last)
  if (!expected.probe_xyz) return
  const volume = await file.readVolume()
  for (const [[x, y, z], value] of expected.probe_xyz) expectNear(volume[(z! * file.shape[1] + y!) * file.shape[0] + x!]!, value)
}

/** Seven significant digits, as the manifest gives. */
function expectNear(found: number, expected: number, slack = 0): void {
  expect(Math.abs(found - expected), `${found} for ${expected}`).toBeLessThanOrEqual(1e-5 * Math.abs(expected) + slack)
}
