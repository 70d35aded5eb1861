import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openParticleImages } from '#io/particle-images.ts'
import { createStack } from '#io/stack-file.ts'
import { readParticles, writeParticles } from '#io/star-file.ts'
import { readVolume } from '#io/volume-file.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { hasCommand } from '../support/system-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe.skipIf(!hasSharedData || !hasCommand('relion_reconstruct', 'RELION reading our STAR files'))('RELION', () => {
  it('reconstructs the same map from our copy of a particle set as from the original', async () => {
    const folder = temporaryFolder()
    for (const file of ['relion_proj_batch.star', 'relion_proj_batch.mrcs']) copyFileSync(sharedData(`stacks/betagal-proj-64/${file}`), join(folder, file))
    const particles = await readParticles(join(folder, 'relion_proj_batch.star'))
    const images = await openParticleImages(particles)
    const { count, pixelSize, boxSize } = particles
    const stack = await createStack(join(folder, 'particles.mrcs'), { size: boxSize, pixelSize, count })
    await stack.append(await images.read(0, count))
    await stack.finish()
    await images.close()
    const randomSubset = Int8Array.from({ length: count }, (_, i) => 1 + (i % 2))
    await writeParticles(join(folder, 'particles.star'), { stack: 'particles.mrcs', count, pixelSize, boxSize, poses: particles.poses!, randomSubset })
    for (const [star, map] of [['relion_proj_batch.star', 'theirs.mrc'], ['particles.star', 'ours.mrc']] as const) {
      execFileSync('relion_reconstruct', ['--i', star, '--o', map], { cwd: folder, stdio: 'ignore' })
    }
    const [theirs, ours] = await Promise.all(['theirs.mrc', 'ours.mrc'].map((map) => readVolume(join(folder, map))))
    expect([ours!.volume.size, ours!.volume.voxelSize]).toEqual([64, 3.54])
    expect(ours!.volume.data).toEqual(theirs!.volume.data)
  })
})
