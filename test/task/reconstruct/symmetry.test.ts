import { describe, expect, it } from 'vitest'
import { rotateVector } from '#core/geometry/rotation.ts'
import { symmetryOperations } from '#core/geometry/symmetry.ts'
import { randomMixture } from '#core/distribution/von-mises-fisher.ts'
import { Random } from '#core/random.ts'
import { alignVolumes, applyAlignment } from '#core/volume/alignment.ts'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { silentContext } from '#job/context.ts'
import { invertMoments } from '#task/reconstruct/invert-moments.ts'
import { reconstructionFields } from '#task/reconstruct/settings.ts'
import { simulateMoments } from '#task/simulate-moments/simulate-moments.ts'
import { z } from 'zod'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

const BOX = 21
const fields = z.strictObject(reconstructionFields)

function symmetricPhantom(name: string): Volume {
  const blobs = randomBlobs(4, 6.5, 6)
  const data = new Float32Array(BOX ** 3)
  for (const operation of symmetryOperations(name)) blobVolume(BOX, blobs, { place: (at) => rotateVector(operation, at) }).data.forEach((value, i) => (data[i]! += value))
  const norm = Math.hypot(...data)
  return makeVolume(BOX, 4, data.map((value) => value / norm))
}

describe('a symmetric particle', () => {
  it.each([
    ['C4', (x: number, y: number, z: number) => [-y, x, z] as const],
    ['D2', (x: number, y: number, z: number) => [x, -y, -z] as const],
  ])('%s: comes back from its moments, with its axes where they are', async (symmetry, turn) => {
    const truth = symmetricPhantom(symmetry)
    const context = silentContext({ seed: 2 })
    const { set } = await simulateMoments(context, truth, randomMixture(new Random(3)), { images: 400_000, snr: 0.02, parts: 8, directions: 3000 })
    const found = await invertMoments(context, set, fields.parse({ symmetry, starts: 3, continued: 1, diameter: 76 }))
    const { volume, solution } = found.starts[0]!
    const c = Math.floor(BOX / 2)
    const value = (x: number, y: number, z: number): number => volume.data[((z + c) * BOX + y + c) * BOX + x + c]!
    let most = 0
    for (let z = -c; z <= c; z++) for (let y = -c; y <= c; y++) for (let x = -c; x <= c; x++) most = Math.max(most, Math.abs(value(x, y, z) - value(...turn(x, y, z))))
    expect(most).toBeLessThan(1e-5 * Math.max(...volume.data))
    const { correlation } = fourierShellCorrelation(applyAlignment(volume, alignVolumes(volume, truth)), truth)
    expect(solution.chiSquarePerDatum).toBeLessThan(1.2)
    for (let shell = 1; shell <= 5; shell++) expect(correlation[shell]).toBeGreaterThan(0.8)
  })

  it('is refused by an unknown name', () => {
    expect(fields.safeParse({ symmetry: 'D1' }).error?.issues.map(({ message }) => message)).toEqual(['the symmetry is not known, expected C1 to C12 or D2 to D12'])
  })
})
