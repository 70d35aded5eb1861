import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { formatRecords, parseRecords } from '#io/numpy-records.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { hasPythonModule, runPython } from '../support/system-python.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function thrown(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return `${(error as { tag: string }).tag}: ${(error as Error).message}`
  }
  return ''
}

describe('structured arrays', () => {
  it('are written and read back, whatever their fields', () => {
    const table = {
      count: 2,
      fields: [
        { name: 'uid', type: 'u8' as const, shape: [], values: BigUint64Array.of(0xffffffffffffffffn, 7n) },
        { name: 'blob/path', type: 'S12' as const, shape: [], values: ['a/b.mrcs', 'a/später.m'] },
        { name: 'name', type: 'U4' as const, shape: [], values: ['añ', ''] },
        { name: 'shift', type: 'f4' as const, shape: [2], values: Float64Array.of(1.5, -2, 0, 3.25) },
        { name: 'index', type: 'u4' as const, shape: [], values: Float64Array.of(4294967295, 1) },
        { name: 'small', type: 'i2' as const, shape: [1], values: Float64Array.of(-3, 300) },
        { name: 'exact', type: 'f8' as const, shape: [], values: Float64Array.of(Math.PI, 1e-300) },
      ],
    }
    const bytes = formatRecords(table)
    const read = parseRecords(bytes, 'a.cs')
    expect(read).toEqual(table)
    const header = Buffer.from(bytes).indexOf('\n') + 1
    expect(header % 64).toBe(0)
  })

  it('are refused in a sentence', () => {
    const bytes = formatRecords({ count: 3, fields: [{ name: 'a', type: 'f4', shape: [], values: new Float64Array(3) }] })
    expect(thrown(() => parseRecords(bytes.subarray(0, bytes.length - 1), 'x.cs'))).toMatch(/InvalidInput: x.cs: 3 records of 4 bytes are promised, the file holds 2/)
    expect(thrown(() => parseRecords(Buffer.from('\x94CSDAT', 'latin1'), 'x.cs'))).toMatch(/UnsupportedFormat: x.cs: this is a compressed CSDAT/)
    expect(thrown(() => parseRecords(Buffer.from('hello world, hello'), 'x.cs'))).toMatch(/no numpy signature/)
    const big = Buffer.from(bytes)
    big.write('>', big.indexOf('<'))
    expect(thrown(() => parseRecords(big, 'x.cs'))).toMatch(/field a is big-endian/)
  })

  it.skipIf(!hasPythonModule('numpy', 'numpy reading our structured arrays'))('are the same to numpy', () => {
    const path = join(temporaryFolder(), 'a.cs')
    writeFileSync(path, formatRecords({ count: 2, fields: [{ name: 'blob/path', type: 'S5', shape: [], values: ['x.mrc', 'y'] }, { name: 'alignments3D/pose', type: 'f4', shape: [3], values: Float64Array.of(1, 2, 3, 4, 5, 6) }, { name: 'uid', type: 'u8', shape: [], values: BigUint64Array.of(1n, 2n ** 63n) }] }))
    const seen = runPython('import numpy,sys\na=numpy.load(sys.argv[1],allow_pickle=False)\nprint(a.dtype.descr, [[x.tolist() if hasattr(x,"tolist") else x for x in r] for r in a])', [path])
    expect(seen.trim()).toBe("[('blob/path', '|S5'), ('alignments3D/pose', '<f4', (3,)), ('uid', '<u8')] [[b'x.mrc', [1.0, 2.0, 3.0], 1], [b'y', [4.0, 5.0, 6.0], 9223372036854775808]]")
  })

  it.skipIf(!hasSharedData)('of cryoSPARC are written back byte for byte', () => {
    for (const name of ['metadata/cs/cryosparc_P12_J24_001_particles.cs.gz', 'metadata/cs/cryosparc_J2_particles_exported.cs', 'metadata/cs/4k_dataset.cs', 'stacks/empiar10076-7/empiar_10076_7.cs']) {
      const packed = readFileSync(sharedData(name))
      const bytes = name.endsWith('.gz') ? gunzipSync(packed) : packed
      const again = Buffer.from(formatRecords(parseRecords(bytes, name)))
      const data = (file: Buffer): Buffer => file.subarray(file.indexOf('\n') + 1)
      expect(data(again).equals(data(bytes)), name).toBe(true)
      expect(parseRecords(again, name)).toEqual(parseRecords(bytes, name))
    }
  })
})
