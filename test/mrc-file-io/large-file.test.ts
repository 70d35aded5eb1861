import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { openMrc } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { mrcBytes } from '../support/mrc-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** 200,000 images of 256 x 256 float32: 52 GB, as a sparse file that occupies a few blocks. */
const size = 256
const count = 200_000

describe('a stack far larger than memory', () => {
  it('is read section by section, near its end too, in memory for what is asked', async (context) => {
    const path = join(temporaryFolder(), 'large.mrcs')
    const section = size * size * 4
    const handle = openSync(path, 'w')
    writeSync(handle, mrcBytes({ nx: size, ny: size, nz: count, mode: 2, ints: { 10: 1, 23: 0 }, data: new Uint8Array(0) }))
    closeSync(handle)
    const bytes = 1024 + section * count
    const made = await truncate(path, bytes).then(
      () => statSync(path).blocks * 512 < 1e6,
      () => false,
    )
    if (!made) {
      console.log('skipped: a 52 GB stack, because this file system has no sparse files')
      context.skip()
    }
    const last = openSync(path, 'r+')
    writeSync(last, new Uint8Array(Float32Array.of(7).buffer), 0, 4, bytes - 4)
    closeSync(last)

    const before = process.memoryUsage().rss
    const file = await openMrc(path, { strict: true })
    expect([file.kind, file.sectionCount]).toEqual(['image-stack', count])
    const end = await file.readSections(count - 8, 8)
    expect(end.length).toBe(8 * size * size)
    expect(end.at(-1)).toBe(7)
    for (let start = 0; start < count; start += count / 100) expect((await file.readSections(start, 4))[0]).toBe(0)
    await expect(file.readAll()).rejects.toMatchObject({ tag: 'InvalidInput' })
    await file.close()
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
  })
})
