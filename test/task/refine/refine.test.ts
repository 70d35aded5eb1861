import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fourierShellCorrelation } from '#core/volume/fourier-shell-correlation.ts'
import { createStack } from '#io/stack-file.ts'
import { readParticles } from '#io/star-file.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import { silentContext } from '#job/context.ts'
import '#method/expectation-maximization/operations.ts'
import { run } from '#task/refine/run.ts'
import { settings } from '#task/refine/settings.ts'
import { blobImages } from '../../support/blob-images.ts'
import { blobVolume, randomBlobs } from '../../support/blob-phantom.ts'
import { hasCommand } from '../../support/system-command.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const size = 32
const count = 800
const pixelSize = 4

/** Refines images of blobs from a map of them and gives back the folder. */
async function refined(): Promise<{ folder: string; files: Record<string, string>; summary: Record<string, unknown> }> {
  const folder = temporaryFolder()
  const blobs = randomBlobs(33, 8, 12)
  const { pixels } = blobImages(blobs, { size, count, sigma: 0.5, seed: 2 })
  const stack = await createStack(join(folder, 'images.mrcs'), { size, pixelSize, count })
  await stack.append(pixels)
  await stack.finish()
  const start = join(folder, 'start.mrc')
  await writeVolume(start, blobVolume(size, blobs, { voxelSize: pixelSize }))
  const summary = await run(silentContext({ folder, seed: 1 }), settings.parse({ particles: join(folder, 'images.mrcs'), start, startShell: 5, refineMaxShell: 9, refineIterations: 8 }))
  return { folder, files: summary.files as Record<string, string>, summary }
}

describe('refine', () => {
  it('writes maps, half-maps and poses; relion_reconstruct gives the same map from the poses', async () => {
    const { folder, files, summary } = await refined()
    expect(summary.halfShell0143).toBeGreaterThan(8)
    expect(summary.sigma).toBeCloseTo(0.5, 1)
    const map = (await readVolume(files.map!)).volume
    expect(map.voxelSize).toBeCloseTo(pixelSize, 5)
    const poses = await readParticles(files.poses!)
    expect(poses.count).toBe(count)
    expect(poses.randomSubset!.filter((half) => half === 1).length).toBe(count / 2)
    if (!hasCommand('relion_reconstruct', 'poses against relion_reconstruct')) return
    const out = join(folder, 'relion.mrc')
    execFileSync('relion_reconstruct', ['--i', files.poses!, '--o', out, '--ctf', 'false'], { cwd: join(files.poses!, '..'), stdio: 'ignore' })
    const fsc = fourierShellCorrelation((await readVolume(out)).volume, map)
    for (let shell = 1; shell <= 8; shell++) expect(fsc.correlation[shell]).toBeGreaterThan(0.9)
  })
})
