import { describe, expect, it } from 'vitest'
import { matchGrid } from '#core/volume/match-grid.ts'
import { makeVolume } from '#core/volume/volume.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'

describe('matchGrid', () => {
  it.each([
    [40, 2, 33, 2.5],
    [31, 3.1, 48, 2],
    [32, 1.37, 24, 2.05],
  ])('samples the same density on another grid: %i of %f to %i of %f', (size, voxel, gridSize, gridVoxel) => {
    // the same blobs in Angstrom, wide enough for the coarser grid
    const blobs = randomBlobs(3, 10).map((blob) => ({ ...blob, width: 5 }))
    const sampled = (box: number, step: number) => blobVolume(box, blobs.map((blob) => ({ ...blob, at: [blob.at[0] / step, blob.at[1] / step, blob.at[2] / step] as const, width: blob.width / step })), { voxelSize: step })
    const matched = matchGrid(sampled(size, voxel), sampled(gridSize, gridVoxel))
    const expected = sampled(gridSize, gridVoxel)
    expect([matched.size, matched.voxelSize]).toEqual([gridSize, gridVoxel])
    const peak = Math.max(...expected.data)
    // compared in the inner ball, which both boxes hold
    const c = Math.floor(gridSize / 2)
    let worst = 0
    expected.data.forEach((value, i) => {
      const inside = Math.hypot((i % gridSize) - c, (Math.floor(i / gridSize) % gridSize) - c, Math.floor(i / gridSize ** 2) - c) * gridVoxel < 16
      if (inside) worst = Math.max(worst, Math.abs(value - matched.data[i]!))
    })
    expect(worst / peak).toBeLessThan(0.01)
  })

  it('keeps equal grids as they are, and refuses a map that would vanish', () => {
    const volume = blobVolume(12, randomBlobs(1, 3))
    expect(matchGrid(volume, volume).data).toEqual(volume.data)
    expect(() => matchGrid(volume, makeVolume(8, 40, new Float32Array(512)))).toThrow(/fewer than 8/)
  })
})
