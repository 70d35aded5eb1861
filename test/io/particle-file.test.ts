import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ctfParametersOf, halfSets } from '#core/format/particles.ts'
import { findTable, replaceTable, withColumns } from '#core/format/star-table.ts'
import { openImages } from '#io/particle-images.ts'
import { readStar, writeStar } from '#io/read-star.ts'
import { createStack } from '#io/stack-file.ts'
import { readParticles } from '#io/star-file.ts'
import { errorOf } from '../support/error-of.ts'
import { hasSharedData, sharedData } from '../support/shared-data.ts'
import { hasCommand } from '../support/system-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('particles', () => {
  it('of one row may be written as single values, optics too', async () => {
    const star = join(temporaryFolder(), 'one.star')
    writeFileSync(star, 'data_optics\n\n_rlnOpticsGroup 1\n_rlnOpticsGroupName "my group"\n_rlnVoltage 200\n_rlnSphericalAberration 1.4\n_rlnAmplitudeContrast 0.07\n_rlnImagePixelSize 1.5\n_rlnImageSize 64\n\ndata_particles\n\n_rlnImageName 000003@a.mrcs\n_rlnDefocusU 15000\n_rlnDefocusV 14000\n_rlnDefocusAngle 45\n_rlnPhaseShift 90\n_rlnOpticsGroup 1\n')
    const particles = await readParticles(star)
    expect(particles).toMatchObject({ count: 1, pixelSize: 1.5, boxSize: 64, opticsGroups: [{ id: 1, name: 'my group', voltage: 200 }] })
    expect(ctfParametersOf(particles, 0)).toEqual({ defocusU: 15000, defocusV: 14000, defocusAngle: Math.PI / 4, phaseShift: Math.PI / 2, bFactor: 0, scale: 1, voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.07 })
    expect(particles.indexOf[0]).toBe(2)
  })

  it('of a file without voltage say so when their CTF is asked for', async () => {
    const star = join(temporaryFolder(), 'a.star')
    writeFileSync(star, 'data_\nloop_\n_rlnImageName\n_rlnDefocusU\n1@a.mrcs 15000\n')
    const particles = await readParticles(star)
    expect((await errorOf(Promise.resolve().then(() => ctfParametersOf(particles, 0))))?.message).toBe(`${star}: optics group 1 has no voltage, which the contrast transfer function needs`)
  })

  it('of optics groups with another pixel size are resampled when they are read', async () => {
    const folder = temporaryFolder()
    // The same Gaussian, 6 Angstrom wide, seen with pixels of 1.5 and of 1.2 Angstrom.
    const gaussian = (pixelSize: number, size: number): Float32Array => Float32Array.from({ length: size * size }, (_, p) => Math.exp(-((((p % size) - size / 2) * pixelSize - 4) ** 2 + ((Math.floor(p / size) - size / 2) * pixelSize) ** 2) / 72))
    for (const [name, pixelSize, size] of [['a', 1.5, 40], ['b', 1.2, 48]] as const) {
      const stack = await createStack(join(folder, `${name}.mrcs`), { size, pixelSize })
      await stack.append(gaussian(pixelSize, size))
      await stack.finish()
    }
    writeFileSync(join(folder, 'p.star'), 'data_optics\nloop_\n_rlnOpticsGroup\n_rlnImagePixelSize\n_rlnImageSize\n7 1.5 40\n9 1.2 48\n\ndata_particles\nloop_\n_rlnImageName\n_rlnOpticsGroup\n1@a.mrcs 7\n1@b.mrcs 9\n')
    const particles = await readParticles(join(folder, 'p.star'))
    expect(particles.warnings.join()).toContain('different pixel sizes (1.5, 1.2 Angstrom): images are resampled to 1.5 Angstrom')
    const images = await openImages(join(folder, 'p.star'))
    expect([images.size, images.pixelSize]).toEqual([40, 1.5])
    const both = await images.read(0, 2)
    for (let p = 0; p < 1600; p++) expect(Math.abs(both[p]! - both[1600 + p]!)).toBeLessThan(2e-3)
    await images.close()
  })

  it('are inverted, normalised, cropped and given a pixel size as they are read', async () => {
    const folder = temporaryFolder()
    const stack = await createStack(join(folder, 'a.mrcs'), { size: 32, pixelSize: 2 })
    const image = Float32Array.from({ length: 1024 }, (_, p) => 5 + 0.1 * (p % 32) + ((p * 7919) % 13) - 20 * Math.exp(-(((p % 32) - 16) ** 2 + (Math.floor(p / 32) - 16) ** 2) / 8))
    await stack.append(image)
    await stack.finish()
    const images = await openImages(join(folder, 'a.mrcs'), { invert: true, normalize: true, pixelSize: 3, workingBox: 16 })
    expect([images.size, images.pixelSize]).toEqual([16, 6])
    const read = await images.read(0, 1)
    expect(read[8 * 16 + 8]!).toBeGreaterThan(2)
    expect(Math.abs(read[0]!)).toBeLessThan(1)
    await images.close()
    expect((await errorOf(openImages(join(folder, 'a.mrcs'), { workingBox: 64 })))?.message).toContain('the working box is 64 px, expected 8 to 32')
  })

  it('without half-sets get them from the seed, copies of an image together', () => {
    const rows = { count: 6, stackOf: Int32Array.of(0, 0, 0, 1, 1, 0), indexOf: Int32Array.of(0, 1, 2, 0, 1, 1), randomSubset: undefined }
    const halves = halfSets(rows, 3)
    expect(halves[1]).toBe(halves[5])
    expect(halfSets(rows, 3)).toEqual(halves)
    const many = { count: 1001, stackOf: new Int32Array(1001), indexOf: Int32Array.from({ length: 1001 }, (_, i) => i), randomSubset: undefined }
    expect(halfSets(many, 1).filter((half) => half === 1).length).toBe(501)
    expect(halfSets(many, 1)).not.toEqual(halfSets(many, 2))
    expect([...halfSets({ ...rows, randomSubset: Int8Array.of(2, 1, 2, 1, 1, 1) }, 3)]).toEqual([2, 1, 2, 1, 1, 1])
  })
})

describe.skipIf(!hasSharedData)('all particle files of ../shared/data', () => {
  const stars = ['stacks', 'metadata'].flatMap((folder) => readdirSync(sharedData(folder), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(star|cs)(\.gz)?$/.test(name)).map((name) => `${folder}/${name}`))
  const text = (path: string): string => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString('latin1')

  it.each(stars)('%s is read, or refused in a sentence', async (name) => {
    const path = sharedData(name)
    const error = await errorOf(readParticles(path))
    if (name.endsWith('.star') && !text(path).includes('_rlnImageName')) expect(error?.message).toMatch(/no table with a column rlnImageName, found blocks: /)
    else {
      const particles = await readParticles(path)
      expect(error).toBeUndefined()
      expect(particles.groupOf.every((group) => group < particles.opticsGroups.length)).toBe(true)
      if (name.startsWith('stacks/') && particles.stacks.every((stack) => stack.path !== undefined)) {
        const images = await openImages(path)
        const last = await images.read(particles.count - 1, 1)
        expect(last.every(Number.isFinite)).toBe(true)
        await images.close()
      }
    }
  })

  it('have the optics groups that the README speaks of', async () => {
    const groups = async (name: string): Promise<(number | undefined)[][]> => (await readParticles(sharedData(`stacks/${name}`))).opticsGroups.map(({ voltage, pixelSize }) => [voltage, pixelSize])
    expect(await groups('aspire-sample-200/sample_particles_relion31.star')).toEqual([[300, 1.4], [200, 1.4]])
    // The same in the rows of the older file.
    expect(await groups('aspire-sample-200/sample_particles_relion30.star')).toEqual([[300, expect.closeTo(1.338, 3)], [200, expect.closeTo(1.338, 3)]])
    expect((await groups('relion31-256/relion31.6opticsgroups.star')).map(([, pixelSize]) => pixelSize)).toEqual([1.25, 1.24, 1.25, 1.25, 1.24, 1.25])
  })
})

describe.skipIf(!hasSharedData || !hasCommand('relion_star_handler', 'RELION reading and writing our STAR files'))('relion_star_handler', () => {
  it('keeps what we write, and we what it writes', async () => {
    const folder = temporaryFolder()
    copyFileSync(sharedData('stacks/relion31-256/relion31.star'), join(folder, 'in.star'))
    const file = await readStar(join(folder, 'in.star'))
    const { name, table } = findTable(file, 'rlnImageName', ['particles'])!
    // A new column and a changed one; everything else as it was.
    await writeStar(join(folder, 'ours.star'), replaceTable(file, name, table, withColumns(table, { rlnRandomSubset: ['2', '1', '2', '1', '2'], rlnComment: ['a b', 'c', '"', 'e', 'f#'] })))
    execFileSync('relion_star_handler', ['--i', 'ours.star', '--o', 'theirs.star', '--select', 'rlnRandomSubset', '--minval', '1.5', '--maxval', '2.5'], { cwd: folder, stdio: 'ignore' })
    const theirs = await readParticles(join(folder, 'theirs.star'))
    expect(theirs).toMatchObject({ count: 3, pixelSize: 2.806 })
    const original = await readParticles(join(folder, 'in.star'))
    for (const [row, source] of [[0, 0], [1, 2], [2, 4]] as const) {
      expect(theirs.indexOf[row]).toBe(original.indexOf[source])
      expect(theirs.poses!.rot[row]).toBeCloseTo(original.poses!.rot[source]!, 6)
      expect(theirs.defocus!.defocusU[row]).toBeCloseTo(original.defocus!.defocusU[source]!, 3)
    }
    expect(theirs.opticsGroups).toEqual(original.opticsGroups)
  })
})
