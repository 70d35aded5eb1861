import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectFile } from '#io/inspect-file.ts'
import { writeParticles } from '#io/star-file.ts'
import { mrcBytes } from '../support/mrc-bytes.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function written(values: Float32Array): string {
  const path = join(temporaryFolder(), 'map.mrc')
  const n = Math.cbrt(values.length)
  writeFileSync(path, mrcBytes({ nx: n, ny: n, nz: n, mode: 2, data: new Uint8Array(values.buffer) }))
  return path
}

describe('inspectFile', () => {
  it('gives exactly the agreed fields', async () => {
    const result = await inspectFile(written(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 8)))
    expect(Object.keys(result).sort()).toEqual(['box', 'kind', 'max', 'mean', 'min', 'mode', 'std', 'voxelSize', 'warnings'])
    expect(result).toMatchObject({ kind: 'volume', box: [2, 2, 2], voxelSize: [2, 2, 2], mode: 2, min: 0, max: 8, mean: 1, std: Math.sqrt(7) })
  })

  it('warns of NaN, of nothing but NaN, and of a constant', async () => {
    expect(await inspectFile(written(Float32Array.of(1, 2, 3, Number.NaN, Infinity, 4, 5, 6)))).toMatchObject({ min: 1, max: 6, mean: 3.5 })
    expect((await inspectFile(written(Float32Array.of(1, 2, 3, Number.NaN, Infinity, 4, 5, 6)))).warnings).toContain('2 of 8 values are NaN or infinite: the statistics leave them out')
    const empty = await inspectFile(written(new Float32Array(8).fill(Number.NaN)))
    expect(empty).toMatchObject({ min: null, max: null, mean: null, std: null })
    expect(empty.warnings).toContain('all values are NaN or infinite')
    const constant = await inspectFile(written(new Float32Array(8).fill(3)))
    expect(constant).toMatchObject({ min: 3, max: 3, mean: 3, std: 0 })
    expect(constant.warnings).toContain('all finite values are the same (3)')
  })

  it('says what a particle file holds', async () => {
    const path = join(temporaryFolder(), 'particles.star')
    await writeParticles(path, { stack: 'none.mrcs', count: 12, pixelSize: 1.5, boxSize: 64 })
    expect(await inspectFile(path)).toMatchObject({ kind: 'particles', particles: 12, box: [64, 64, 12], pixelSize: 1.5, poses: false })
  })
})

describe.skipIf(!hasSharedData)('inspectFile on real files', () => {
  interface Entry {
    readonly header?: { readonly nx: number; readonly ny: number; readonly nz: number; readonly mode: number; readonly canonical_xyz_shape?: number[]; readonly data?: { readonly min: number; readonly max: number; readonly mean: number; readonly std: number } }
  }

  it('agrees with the manifest on every map and stack', async () => {
    const manifest = JSON.parse(readFileSync(sharedData('manifest.json'), 'utf8')) as Record<string, Entry>
    let compared = 0
    for (const [path, { header }] of Object.entries(manifest)) {
      if (!header?.data || path.endsWith('imp_invalid_axes.mrc')) continue
      const found = await inspectFile(sharedData(path))
      if (found.kind === 'particles' || found.kind === 'moments') throw new Error(`${path} was taken for ${found.kind}`)
      expect(found.box, path).toEqual(header.canonical_xyz_shape ?? [header.nx, header.ny, header.nz])
      expect(found.mode, path).toBe(header.mode)
      for (const name of ['min', 'max', 'mean', 'std'] as const) {
        const slack = name === 'mean' ? 1e-6 * header.data.std : 0
        expect(Math.abs(found[name]! - header.data[name]), `${path} ${name}`).toBeLessThanOrEqual(1e-5 * Math.abs(header.data[name]) + slack)
      }
      compared++
    }
    expect(compared).toBeGreaterThanOrEqual(55)
  })

  it('warns where the README says that something is wrong', async () => {
    const warnings = async (path: string): Promise<string> => (await inspectFile(sharedData(path))).warnings.join('\n')
    expect(await warnings('maps/emd_5170.map.gz')).toContain('density reaches the faces')
    expect(await warnings('mrc-odd/human_ribo_21A_inverted.mrc')).toMatch(/do not describe the data[^]*looks inverted/)
    expect(await warnings('mrc-odd/xmipp_smallStack.mrcs')).toContain('header statistics are all 0')
    expect(await warnings('mrc-odd/3pqr-mode0.ccp4.gz')).toContain('do not describe the data')
    expect(await warnings('maps/ribo70s_65.mrc.gz')).toContain('voxel size is undetermined')
    for (const path of ['emd_1832.map.gz', 'emd_1080.map.gz', 'betagal_100.mrc.gz', 'emd_32143_low.map.gz', 'c4_channel_97.mrc.gz']) {
      expect(await warnings(`maps/${path}`), path).not.toMatch(/faces|inverted|describe/)
    }
  })
})
