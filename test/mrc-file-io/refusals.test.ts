import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openMrc } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { isAppError } from '#core/error.ts'
import { errorOf } from '../support/error-of.ts'
import { mrcBytes, smallMap } from '../support/mrc-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function written(bytes: Uint8Array, name = 'file.mrc'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, bytes)
  return path
}

async function expectRefusal(path: string, tag: string, sentence: RegExp): Promise<void> {
  const error = await errorOf(openMrc(path))
  expect(isAppError(error, tag as 'InvalidInput'), error?.message).toBe(true)
  expect(error!.message).toMatch(sentence)
  expect(error!.message).toContain(path)
  expect(error!.message).not.toContain('\n')
}

describe('refusals, one sentence each', () => {
  it('names a missing file, a folder', async () => {
    const folder = temporaryFolder()
    await expectRefusal(join(folder, 'none.mrc'), 'NotFound', /no such file/)
    mkdirSync(join(folder, 'sub.mrc'))
    await expectRefusal(join(folder, 'sub.mrc'), 'InvalidInput', /folder/)
  })

  it('names what the file holds instead', async () => {
    await expectRefusal(written(Buffer.from('\x89PNG\r\n\x1a\n' + 'x'.repeat(2000), 'latin1')), 'UnsupportedFormat', /it holds a PNG image/)
    await expectRefusal(written(gzipSync(Buffer.from('\x89PNG\r\n\x1a\n' + 'x'.repeat(2000), 'latin1'))), 'UnsupportedFormat', /the gzip file holds a PNG image/)
    await expectRefusal(written(Buffer.from('\ndata_particles\n\nloop_\n_rlnImageName #1\n' + '1@a.mrcs\n'.repeat(300))), 'UnsupportedFormat', /perhaps a STAR file/)
    await expectRefusal(written(Buffer.alloc(5000)), 'UnsupportedFormat', /not an MRC file/)
    await expectRefusal(written(Buffer.alloc(5000, 0xff)), 'UnsupportedFormat', /not an MRC file/)
  })

  it('names sizes, before anything is allocated', async () => {
    await expectRefusal(written(new Uint8Array(0)), 'InvalidInput', /expected at least 1024 bytes, found 0/)
    await expectRefusal(written(smallMap(4).subarray(0, 1000)), 'InvalidInput', /expected at least 1024 bytes, found 1000/)
    await expectRefusal(written(smallMap(4).subarray(0, 1024)), 'InvalidInput', /1280 bytes are expected, found 1024/)
    await expectRefusal(written(smallMap(4).subarray(0, 1279)), 'InvalidInput', /1280 bytes are expected, found 1279/)
    await expectRefusal(written(smallMap(4, { ints: { 24: 2_000_000_000 } })), 'InvalidInput', /extended header of 2000000000 bytes/)
    await expectRefusal(written(smallMap(4, { ints: { 24: -80 } })), 'InvalidInput', /NSYMBT .* -80/)
    const huge = mrcBytes({ nx: 60000, ny: 60000, nz: 60000, mode: 2, data: new Uint8Array(4000) })
    await expectRefusal(written(huge), 'InvalidInput', /60000 x 60000 x 60000 .* found 5024/)
    await expectRefusal(written(gzipSync(huge)), 'InvalidInput', /60000 x 60000 x 60000 .* found at most \d+ decompressed/)
    await expectRefusal(written(mrcBytes({ nx: 2 ** 29, ny: 2 ** 29, nz: 2 ** 29, mode: 4, data: new Uint8Array(16) })), 'InvalidInput', /expected a size that a file can have/)
  })

  it('names impossible fields', async () => {
    await expectRefusal(written(smallMap(4, { ints: { 1: 0 } })), 'InvalidInput', /NX is 0, expected at least 1/)
    await expectRefusal(written(smallMap(4, { ints: { 3: -4 } })), 'InvalidInput', /NZ is -4/)
    await expectRefusal(written(smallMap(4, { ints: { 4: 7 } })), 'UnsupportedFormat', /MODE is 7, expected one of 0, 1, 2, 3, 4, 6, 12, 101/)
    await expectRefusal(written(smallMap(4, { ints: { 17: 1, 18: 1, 19: 3 } })), 'InvalidInput', /1, 1, 3, expected a permutation/)
  })

  it('finds a compressed file cut short, at the latest when the missing part is read', async () => {
    const noise = new Float32Array(32 ** 3).map((_, i) => Math.sin(i * i))
    const packed = gzipSync(mrcBytes({ nx: 32, ny: 32, nz: 32, mode: 2, data: new Uint8Array(noise.buffer) }))
    const path = written(packed)
    truncateSync(path, packed.length - 20000)
    const file = await openMrc(path)
    expect([...(await file.readSections(0, 1))]).toEqual([...noise.subarray(0, 1024)])
    const error = await errorOf(file.readAll())
    expect(error?.tag).toBe('InvalidInput')
    expect(error?.message).toMatch(/gzip data is cut short after \d+ decompressed bytes/)
    await file.close()

    const inner = await openMrc(written(gzipSync(smallMap(4).subarray(0, 1100))))
    expect((await errorOf(inner.readAll()))?.message).toMatch(/data end after 1100 bytes, expected 1280/)
    await inner.close()

    const damaged = Buffer.from(packed)
    damaged.fill(0x55, 40000, 40100)
    const brokenPath = written(damaged)
    const readingBroken = openMrc(brokenPath).then((broken) => broken.readAll().finally(() => broken.close()))
    expect((await errorOf(readingBroken))?.message).toMatch(/gzip data is damaged \(/)
  })

  it('refuses sections outside the file', async () => {
    const file = await openMrc(written(smallMap(4)))
    for (const [start, count] of [[-1, 1], [0, 5], [4, 1], [0.5, 1], [0, Number.NaN]] as const) {
      expect((await errorOf(file.readSections(start, count)))?.tag).toBe('InvalidInput')
    }
    expect((await file.readSections(4, 0)).length).toBe(0)
    await file.close()
  })
})
