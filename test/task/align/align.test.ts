import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { rotateVector, rotationAngle, rotationFromEuler, transposeRotation } from '#core/geometry/rotation.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { readVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import { run } from '#task/align/run.ts'
import { settings } from '#task/align/settings.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'
import { writePlainMrc } from '../../support/plain-mrc.ts'

const folder = mkdtempSync(join(tmpdir(), 'cryomoment-align-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)

describe('align', () => {
  it('lays a map of another grid and the other hand on the fixed one, and says how', async () => {
    // the same density in Angstrom: 32 voxels of 3 and 40 voxels of 2.5
    const blobs = randomBlobs(3, 24)
    const rotation = rotationFromEuler(0.7, 1.2, -2)
    const shift = [6, -4.5, 3] as const
    const scaled = (size: number, voxelSize: number, place: (at: readonly [number, number, number]) => readonly [number, number, number]) =>
      blobVolume(
        size,
        blobs.map((blob) => ({ ...blob, width: (blob.width + 2) / voxelSize })),
        { voxelSize, place: (at) => place(at).map((v) => v / voxelSize) as [number, number, number] },
      )
    const fixed = scaled(40, 2.5, (at) => at)
    writePlainMrc(path('fixed.mrc'), fixed)
    writePlainMrc(
      path('moving.mrc'),
      scaled(32, 3, (at) => rotateVector(rotation, at).map((v, i) => shift[i]! - v) as [number, number, number]),
    )
    const summary = await run(silentContext(), settings.parse({ moving: path('moving.mrc'), fixed: path('fixed.mrc'), out: path('aligned.mrc') }))
    expect(summary.mirrored).toBe(true)
    expect(summary.angleDegrees).toBeCloseTo((rotationAngle(rotation, rotationFromEuler(0, 0, 0)) * 180) / Math.PI, 0)
    expect((rotationAngle(summary.rotation, transposeRotation(rotation)) * 180) / Math.PI).toBeLessThan(0.5)
    // aligned(x) = moving(-R2^T (x - t2)) with moving(y) = fixed(-R^T (y - t)): t2 = R2 t
    const expected = rotateVector(summary.rotation, shift)
    summary.shiftAngstrom.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 0))
    summary.shift.forEach((value, i) => expect(value * 2.5).toBeCloseTo(summary.shiftAngstrom[i]!, 10))
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
    const { volume } = await readVolume(path('aligned.mrc'))
    expect([volume.size, volume.voxelSize]).toEqual([40, 2.5])
    const { correlation } = fourierShellCorrelation(volume, fixed)
    for (let i = 1; i < 7; i++) expect(correlation[i]).toBeGreaterThan(0.99)
  })

  it('refuses a constant map by its file name, and to overwrite its input; nothing is written', async () => {
    const constant = blobVolume(16, [])
    writePlainMrc(path('constant.mrc'), constant)
    writePlainMrc(path('good.mrc'), blobVolume(16, randomBlobs(1, 4)))
    const parsed = settings.parse({ moving: path('constant.mrc'), fixed: path('good.mrc'), out: path('none.mrc') })
    await expect(run(silentContext(), parsed)).rejects.toThrow(/constant\.mrc: the moving map is constant/)
    await expect(run(silentContext(), { ...parsed, out: path('good.mrc') })).rejects.toThrow(/would replace/)
    expect(existsSync(path('none.mrc'))).toBe(false)
  })
})
