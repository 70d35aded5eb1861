import { describe, expect, it } from 'vitest'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { silentContext } from '#job/context.ts'
import { evaluateAgainstTruth } from '#task/evaluate/evaluate-against-truth.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

describe('evaluateAgainstTruth', () => {
  it('finds the curve that the same map and noise have without any misplacement', async () => {
    const size = 32
    const blobs = randomBlobs(4, 8)
    const truth = blobVolume(size, blobs, { voxelSize: 3 })
    const mirrored = blobVolume(size, blobs, { voxelSize: 3, noise: 0.1, seed: 3, place: ([x, y, z]) => [1 - x, -1.5 - y, 0.5 - z] })
    const { alignment, aligned, unmasked, masked, mask } = await evaluateAgainstTruth(silentContext(), mirrored, truth)
    expect(alignment.mirrored).toBe(true)
    expect([aligned.size, aligned.voxelSize]).toEqual([size, 3])
    const inPlace = fourierShellCorrelation(blobVolume(size, blobs, { voxelSize: 3, noise: 0.1, seed: 5 }), truth)
    for (let s = 1; s <= 9; s++) expect(Math.abs(unmasked.curve.correlation[s]! - inPlace.correlation[s]!)).toBeLessThan(0.12)
    expect(unmasked.at05.resolution).toBeGreaterThan(unmasked.at0143.resolution)
    // a sphere leaves noise outside and can only help here
    expect(masked.at05.shell).toBeGreaterThan(unmasked.at05.shell - 0.2)
    expect(mask.radius + mask.edge).toBeLessThanOrEqual(size / 2)
  })
})
