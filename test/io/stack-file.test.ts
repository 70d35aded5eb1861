import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createStack, openStack } from '#io/stack-file.ts'
import { errorOf } from '../support/error-of.ts'
import { mrcBytes, smallMap } from '../support/mrc-bytes.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('stacks', () => {
  it('grow image by image and are read in any batches', async () => {
    const path = join(temporaryFolder(), 'particles.mrcs')
    const images = Float32Array.from({ length: 10 * 36 }, (_, i) => Math.cos(i))
    const writer = await createStack(path, { size: 6, pixelSize: 1.5, count: 10 })
    await writer.append(images.slice(0, 4 * 36))
    await writer.append(images.slice(4 * 36))
    await writer.finish()
    const reader = await openStack(path)
    expect([reader.count, reader.size, reader.pixelSize, reader.warnings]).toEqual([10, 6, 1.5, []])
    expect([...(await reader.read(3, 5))]).toEqual([...images.subarray(3 * 36, 8 * 36)])
    await reader.close()
  })

  it('refuse another number of images than announced, and leave nothing', async () => {
    const folder = temporaryFolder()
    const writer = await createStack(join(folder, 'a.mrcs'), { size: 2, pixelSize: 1, count: 3 })
    await writer.append(new Float32Array(8))
    expect((await errorOf(writer.finish()))?.message).toMatch(/2 images were written, expected 3/)
    const aborted = await createStack(join(folder, 'b.mrcs'), { size: 2, pixelSize: 1 })
    await aborted.append(new Float32Array(8))
    await aborted.abort()
    expect(readdirSync(folder)).toEqual([])
  })

  it('take a file for a stack whatever its header says, and refuse images that are not square', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'cube.mrc'), smallMap(4))
    const reader = await openStack(join(folder, 'cube.mrc'))
    expect([reader.count, reader.size]).toEqual([4, 4])
    await reader.close()
    writeFileSync(join(folder, 'oblong.mrc'), mrcBytes({ nx: 3, ny: 4, nz: 1, mode: 2, data: new Uint8Array(48) }))
    expect((await errorOf(openStack(join(folder, 'oblong.mrc'))))?.message).toMatch(/3 x 4 pixels, expected square/)
  })

  it.skipIf(!hasSharedData)('open real ones', async () => {
    const cases = [
      ['stacks/relion-proj-70s/rln_proj_65.mrcs', 5, 65, 1],
      ['stacks/toy-dumbbell/toy_projections.mrcs.gz', 1000, 30, 1],
      ['stacks/betagal-empiar10061/betagal_particles_96.mrcs.gz', 64, 96, 2.548],
      ['stacks/empiar10076-7/empiar_10076_7.mrc.gz', 7, 320, 1],
    ] as const
    for (const [path, count, size, pixelSize] of cases) {
      const reader = await openStack(sharedData(path))
      expect([reader.count, reader.size]).toEqual([count, size])
      expect(reader.pixelSize).toBeCloseTo(pixelSize, 5)
      await reader.close()
    }
  })
})
