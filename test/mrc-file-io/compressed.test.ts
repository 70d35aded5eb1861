import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openMrc } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { Random } from '#core/random.ts'
import { errorOf } from '../support/error-of.ts'
import { mrcBytes } from '../support/mrc-bytes.ts'
import { hasPythonModule, runPython } from '../support/system-python.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const sections = 40
const section = 64 * 64

function noisyStack(): { values: Float32Array; bytes: Buffer } {
  const random = new Random(11)
  const values = Float32Array.from({ length: sections * section }, () => Math.round(100 * random.normal()))
  return { values, bytes: mrcBytes({ nx: 64, ny: 64, nz: sections, mode: 2, ints: { 10: 1, 23: 0 }, data: new Uint8Array(values.buffer) }) }
}

/** Reads sections forward, backward, at random and at once, and compares each. */
async function expectRandomAccess(path: string, values: Float32Array): Promise<void> {
  const file = await openMrc(path)
  const orders = [[0, 1, 2, 30, 39], [39, 5, 0], [17, 17, 3, 25]]
  for (const order of orders) {
    for (const start of order) expect(equal(await file.readSections(start, 1), values.subarray(start * section, (start + 1) * section)), `section ${start}`).toBe(true)
  }
  const together = await Promise.all([30, 2, 11].map((start) => file.readSections(start, 5)))
  ;[30, 2, 11].forEach((start, i) => expect(equal(together[i]!, values.subarray(start * section, (start + 5) * section))).toBe(true))
  expect(equal(await file.readAll(), values)).toBe(true)
  await file.close()
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

describe('compressed files', () => {
  it('gzip: any section in any order, also several members one after another', async () => {
    const folder = temporaryFolder()
    const { values, bytes } = noisyStack()
    writeFileSync(join(folder, 'one.mrcs'), gzipSync(bytes))
    await expectRandomAccess(join(folder, 'one.mrcs'), values)
    writeFileSync(join(folder, 'three.mrcs'), Buffer.concat([gzipSync(bytes.subarray(0, 1500)), gzipSync(bytes.subarray(1500, 300000)), gzipSync(bytes.subarray(300000))]))
    await expectRandomAccess(join(folder, 'three.mrcs'), values)
  })

  it.skipIf(!hasPythonModule('bz2', 'bzip2 files of many blocks'))('bzip2: any section in any order, over blocks and streams', async () => {
    const folder = temporaryFolder()
    const { values, bytes } = noisyStack()
    const plain = join(folder, 'plain.mrcs')
    writeFileSync(plain, bytes)
    runPython(
      `
import bz2, sys
data = open(sys.argv[1], 'rb').read()
open(sys.argv[2], 'wb').write(bz2.compress(data, 1))
open(sys.argv[3], 'wb').write(b''.join(bz2.compress(data[i:i+200000], 9) for i in range(0, len(data), 200000)))
`,
      [plain, join(folder, 'blocks.mrcs'), join(folder, 'streams.mrcs')],
    )
    await expectRandomAccess(join(folder, 'blocks.mrcs'), values)
    await expectRandomAccess(join(folder, 'streams.mrcs'), values)
  })

  it.skipIf(!hasPythonModule('bz2', 'bzip2 files cut short'))('bzip2: cut short or damaged is one sentence', async () => {
    const folder = temporaryFolder()
    const { bytes } = noisyStack()
    const plain = join(folder, 'plain.mrcs')
    writeFileSync(plain, bytes)
    runPython(
      `
import bz2, sys
data = bytearray(bz2.compress(open(sys.argv[1], 'rb').read(), 1))
open(sys.argv[2], 'wb').write(data[:len(data) * 2 // 3])
data[len(data) // 2] ^= 255
open(sys.argv[3], 'wb').write(data)
`,
      [plain, join(folder, 'cut.mrcs'), join(folder, 'damaged.mrcs')],
    )
    for (const name of ['cut.mrcs', 'damaged.mrcs']) {
      const file = await openMrc(join(folder, name))
      const error = await errorOf(file.readAll())
      expect(error?.tag).toBe('InvalidInput')
      expect(error?.message).toMatch(/bzip2 data is damaged or cut short after \d+ decompressed bytes$/)
      await file.close()
    }
    writeFileSync(join(folder, 'only-magic.mrc'), 'BZh9')
    expect((await errorOf(openMrc(join(folder, 'only-magic.mrc'))))?.message).toMatch(/expected at least 1024 bytes, found 0/)
  })
})
