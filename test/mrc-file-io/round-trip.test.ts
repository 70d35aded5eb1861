import { join } from 'node:path'
import fc from 'fast-check'
import { createMrcWriter, openMrc, type MrcMode } from 'mrc-file-io'
import { describe, expect, it } from 'vitest'
import { halfFloatTable } from '../../src-worker/mrc-file-io/source/half-float.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Numbers that a mode stores exactly. */
function exactValues(mode: MrcMode): fc.Arbitrary<number> {
  switch (mode) {
    case 0:
      return fc.integer({ min: -128, max: 127 })
    case 1:
    case 3:
      return fc.integer({ min: -32768, max: 32767 })
    case 6:
      return fc.integer({ min: 0, max: 65535 })
    case 101:
      return fc.integer({ min: 0, max: 15 })
    case 12:
      return fc.integer({ min: 0, max: 0x7bff }).map((bits) => halfFloatTable()[bits]!)
    case 2:
    case 4:
      return fc.float({ noNaN: true })
  }
}

const file = fc
  .record({
    mode: fc.constantFrom<MrcMode>(0, 1, 2, 3, 4, 6, 12, 101),
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    sections: fc.integer({ min: 1, max: 7 }),
    voxelSize: fc.integer({ min: 0, max: 1000 }).map((n) => n / 8),
    origin: fc.tuple(...([0, 1, 2].map(() => fc.integer({ min: -4000, max: 4000 }).map((n) => n / 4)) as [fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>])),
    kind: fc.constantFrom('volume' as const, 'image-stack' as const),
    pieces: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 7, maxLength: 7 }),
  })
  .chain((facts) => {
    const components = facts.mode === 3 || facts.mode === 4 ? 2 : 1
    const length = facts.width * facts.height * facts.sections * components
    return fc.array(exactValues(facts.mode), { minLength: length, maxLength: length }).map((values) => ({ ...facts, components, values: Float32Array.from(values) }))
  })

describe('what is written', () => {
  it('is read back, whole and in any slab, with its geometry and true statistics', async () => {
    const path = join(temporaryFolder(), 'file.mrcs')
    await fc.assert(
      fc.asyncProperty(file, fc.nat(), async ({ mode, width, height, sections, voxelSize, origin, kind, pieces, components, values }, pick) => {
        const section = width * height * components
        const writer = await createMrcWriter(path, { kind, width, height, mode, voxelSize, origin })
        for (let done = 0, i = 0; done < sections; i++) {
          const count = Math.min(pieces[i]!, sections - done)
          await writer.append(values.slice(done * section, (done + count) * section))
          done += count
        }
        await writer.finish()
        const read = await openMrc(path, { kind, strict: true })
        expect(same(await read.readAll(), values)).toBe(true)
        const start = pick % sections
        const count = 1 + (pick % (sections - start))
        expect(same(await read.readSections(start, count), values.subarray(start * section, (start + count) * section))).toBe(true)
        read.voxelSize.forEach((size) => expect(Math.abs(size - voxelSize)).toBeLessThanOrEqual(1e-6 * voxelSize))
        if (origin.some((value) => value !== 0)) expect([...read.origin]).toEqual(origin)
        if (components === 1) {
          const finite = [...values].filter(Number.isFinite)
          if (finite.length > 0) expect([read.header.dmin, read.header.dmax]).toEqual([finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))])
          const mean = finite.reduce((sum, value) => sum + value / finite.length, 0)
          expect(Math.abs(read.header.dmean - mean)).toBeLessThanOrEqual(1e-6 * Math.max(...finite.map(Math.abs), 1e-30))
        }
        await read.close()
      }),
      { numRuns: 150 },
    )
  })
})

/** Equal as numbers: 0 and -0 alike, infinities too. */
function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
