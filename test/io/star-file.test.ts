import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openImages, openParticleImages } from '#io/particle-images.ts'
import { createStack } from '#io/stack-file.ts'
import { readParticles, writeParticles } from '#io/star-file.ts'
import { errorOf } from '../support/error-of.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A stack whose image i is filled with first + i. */
async function writeCountingStack(path: string, count: number, size: number, first = 0): Promise<void> {
  const writer = await createStack(path, { size, pixelSize: 2 })
  for (let i = 0; i < count; i++) await writer.append(new Float32Array(size * size).fill(first + i))
  await writer.finish()
}

function radians(...degrees: number[]): Float64Array {
  return Float64Array.from(degrees, (value) => (value * Math.PI) / 180)
}

describe('particle STAR files', () => {
  it('are written as RELION 3.1 has them', async () => {
    const path = join(temporaryFolder(), 'particles.star')
    const poses = { rot: radians(10, -20.5), tilt: radians(90, 0), psi: radians(359.5, 1e-3), originX: Float64Array.of(1.5, 0), originY: Float64Array.of(-2, 0) }
    await writeParticles(path, { stack: 'particles.mrcs', count: 2, pixelSize: 2.5, boxSize: 63, poses, randomSubset: Int8Array.of(1, 2) })
    expect(readFileSync(path, 'utf8')).toBe(`
# version 30001

data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
_rlnVoltage #3
_rlnSphericalAberration #4
_rlnAmplitudeContrast #5
_rlnImagePixelSize #6
_rlnImageSize #7
_rlnImageDimensionality #8
1 opticsGroup1 300.000000 2.700000 0.100000 2.500000 63 2


# version 30001

data_particles

loop_
_rlnImageName #1
_rlnAngleRot #2
_rlnAngleTilt #3
_rlnAnglePsi #4
_rlnOriginXAngst #5
_rlnOriginYAngst #6
_rlnRandomSubset #7
_rlnOpticsGroup #8
000001@particles.mrcs 10.000000 90.000000 359.500000 1.500000 -2.000000 1 1
000002@particles.mrcs -20.500000 0.000000 0.001000 0.000000 0.000000 2 1

`)
    expect(readdirSync(join(path, '..'))).toEqual(['particles.star'])
  })

  it('are read back with their images', async () => {
    const folder = temporaryFolder()
    const count = 300
    const column = (scale: number): Float64Array => Float64Array.from({ length: count }, (_, i) => scale * Math.sin(i))
    const poses = { rot: column(3), tilt: column(1.5), psi: column(3), originX: column(10), originY: column(-7) }
    await writeCountingStack(join(folder, 'particles.mrcs'), count, 4)
    await writeParticles(join(folder, 'particles.star'), { stack: 'particles.mrcs', count, pixelSize: 2, boxSize: 4, poses, randomSubset: Int8Array.from({ length: count }, (_, i) => 1 + (i % 2)) })
    const particles = await readParticles(join(folder, 'particles.star'))
    expect([particles.count, particles.pixelSize, particles.boxSize, particles.stacks.length]).toEqual([count, 2, 4, 1])
    expect(particles.warnings).toEqual([])
    for (const name of ['rot', 'tilt', 'psi', 'originX', 'originY'] as const) particles.poses![name].forEach((value, i) => expect(Math.abs(value - poses[name][i]!)).toBeLessThan(1e-6))
    const images = await openImages(join(folder, 'particles.star'))
    const batch = await images.read(290, 10)
    expect(Array.from({ length: 10 }, (_, i) => batch[i * 16])).toEqual([290, 291, 292, 293, 294, 295, 296, 297, 298, 299])
    await images.close()
  })

  it('find images by index@stack and never by position, over several stacks', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'Job', 'deep'), { recursive: true })
    await writeCountingStack(join(folder, 'Job', 'deep', 'beside.mrcs'), 5, 3)
    await writeCountingStack(join(folder, 'above.mrcs'), 4, 3, 100)
    const star = join(folder, 'Job', 'deep', 'picked.star')
    writeFileSync(star, 'data_particles\nloop_\n_rlnImageName\n4@beside.mrcs\n000002@above.mrcs\n3@beside.mrcs\n1@beside.mrcs\n2@beside.mrcs\n4@above.mrcs\n')
    const images = await openImages(star)
    const all = await images.read(0, 6)
    expect(Array.from({ length: 6 }, (_, i) => all[i * 9])).toEqual([3, 101, 2, 0, 1, 103])
    expect((await images.read(4, 2))[9]).toBe(103)
    await images.close()
  })

  it('read the compressed copy beside them, with a warning', async () => {
    const folder = temporaryFolder()
    await writeCountingStack(join(folder, 'plain.mrcs'), 3, 3)
    writeFileSync(join(folder, 'stack.mrcs.gz'), gzipSync(readFileSync(join(folder, 'plain.mrcs'))))
    writeFileSync(join(folder, 'a.star'), 'data_\nloop_\n_rlnImageName\n2@stack.mrcs\n')
    const particles = await readParticles(join(folder, 'a.star'))
    expect(particles.warnings.join()).toContain('compressed copy')
    expect(particles.warnings.join()).toContain('2 Angstrom is taken from the stack')
    const images = await openParticleImages(particles)
    expect((await images.read(0, 1))[0]).toBe(1)
    await images.close()
  })

  it('refuse what cannot be meant, in one sentence', async () => {
    const folder = temporaryFolder()
    await writeCountingStack(join(folder, 'five.mrcs'), 5, 3)
    await writeCountingStack(join(folder, 'other.mrcs'), 2, 4)
    const refuses = async (text: string, tag: string, sentence: RegExp): Promise<void> => {
      const star = join(folder, 'a.star')
      writeFileSync(star, text)
      const error = await errorOf(openImages(star).then((images) => images.read(0, images.count).finally(() => images.close())))
      expect(error?.tag, error?.message).toBe(tag)
      expect(error?.message).toMatch(sentence)
      expect(error?.message).toContain(star)
    }
    const loop = 'data_particles\nloop_\n_rlnImageName\n'
    await refuses(`${loop}1@five.mrcs\n6@five.mrcs\n`, 'InvalidInput', /particle 2 is image 6 of five.mrcs, which has 5/)
    await refuses(`${loop}4@five.mrcs\n5@five.mrcs\n6@five.mrcs\n`, 'InvalidInput', /particle 3 is image 6 of five.mrcs, which has 5/)
    await refuses(`${loop}0@five.mrcs\n`, 'InvalidInput', /particle 1 is "0@five.mrcs"/)
    await refuses(`${loop}x@five.mrcs\n`, 'InvalidInput', /expected index@stack/)
    await refuses(`${loop}1@none.mrcs\n`, 'NotFound', /none.mrcs was not found/)
    await refuses(`${loop}1@five.mrcs\n1@other.mrcs\n`, 'InvalidInput', /images of 4 pixels, expected 3/)
    await refuses('data_particles\nloop_\n_rlnAngleRot\n1\n', 'InvalidInput', /no table with a column rlnImageName, found blocks: particles/)
    await refuses('data_particles\nloop_\n_rlnImageName\n_rlnAngleRot\n_rlnAngleTilt\n_rlnAnglePsi\n1@five.mrcs a 0 0\n', 'InvalidInput', /rlnAngleRot in row 1 is "a", expected a number/)
    await refuses('loop_\n', 'InvalidInput', /STAR line 1/)
    await refuses('\0\0\0', 'UnsupportedFormat', /not text/)
    expect((await errorOf(readParticles(join(folder, 'none.star'))))?.tag).toBe('NotFound')
    expect((await errorOf(writeParticles(join(folder, 'b.star'), { stack: 'a', count: 2, pixelSize: 1, boxSize: 2, randomSubset: new Int8Array(3) })))?.tag).toBe('ShapeMismatch')
    expect(readdirSync(folder).sort()).toEqual(['a.star', 'five.mrcs', 'other.mrcs'])
  })
})

describe.skipIf(!hasSharedData)('real particle STAR files', () => {
  // Counts, sizes and first values: README.md beside the files, and the files themselves read by eye.
  it.each([
    ['aspire-sample-200/sample_particles_relion30.star', 17, 200, (5e4 / 37369.207031), [109.18664, 0.1996 * (5e4 / 37369.207031)]],
    ['aspire-sample-200/sample_particles_relion31.star', 17, 200, 1.4, [109.18664, 0.1996]],
    ['aspire-sample-200/sample_relion_symmetry_group_D4.star', 17, 200, (5e4 / 37369.207031), [109.18664, 0.1996 * (5e4 / 37369.207031)]],
    ['betagal-empiar10061/betagal_particles_96.star', 64, 96, 2.548, undefined],
    ['betagal-proj-64/relion_proj_batch.star', 24, 64, 3.54, [142.625517, -11.6962]],
    ['empiar10076-7/empiar_10076_7.star', 7, 320, 5e4 / 38168, undefined],
    ['relion-proj-70s/rln_proj_65.star', 5, 65, 1, [355.858841, 0]],
    ['relion-proj-70s/rln_proj_64_shifted.star', 4, 64, 1, [235.820138, 6]],
    ['relion31-256/relion31.star', 5, 256, 2.806, [-102.30296, 0.019324]],
    ['relion31-256/relion31.v2.star', 5, 256, 2.806, [-102.30296, 0.019324]],
    ['relion31-256/relion31.6opticsgroups.star', 139, 196, 1.25, [-128.10516, 13.284554]],
    ['relion31-256/relion5.star', 17, 448, 0.89, [111.508618, -3.12578]],
    ['toy-dumbbell/toy_projections.star.gz', 1000, 30, 1, undefined],
  ] as const)('%s', async (name, count, boxSize, pixelSize, first) => {
    const particles = await readParticles(sharedData(`stacks/${name}`))
    expect([particles.count, particles.boxSize]).toEqual([count, boxSize])
    expect(particles.pixelSize).toBeCloseTo(pixelSize, 6)
    if (!first) expect(particles.poses).toBeUndefined()
    else {
      expect((particles.poses!.rot[0]! * 180) / Math.PI).toBeCloseTo(first[0], 6)
      expect(particles.poses!.originX[0]).toBeCloseTo(first[1], 6)
    }
  })

  it('counts a large one', async () => {
    const particles = await readParticles(sharedData('metadata/star/esrf_input_particles.star.gz'))
    expect([particles.count, particles.stacks.length, particles.pixelSize, particles.boxSize]).toEqual([2021, 16, 3, 86])
    expect(particles.warnings).toHaveLength(1)
  })

  it('reads the images that two dialects name alike', async () => {
    const [older, newer] = await Promise.all(['30', '31'].map((version) => openImages(sharedData(`stacks/aspire-sample-200/sample_particles_relion${version}.star`))))
    const last = await newer!.read(16, 1)
    expect(last).toEqual(await older!.read(16, 1))
    // manifest.json: the last pixel of the stack.
    expect(last.at(-1)).toBeCloseTo(0.008436596, 8)
    await Promise.all([older!.close(), newer!.close()])
  })
})
