import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { combineParts, momentBases, type MomentSet } from '#core/moments/moment-set.ts'
import { emptySums } from '#core/moments/moment-sums.ts'
import { Random } from '#core/random.ts'
import { inspectFile } from '#io/inspect-file.ts'
import { mergeMomentFiles } from '#io/merge-moment-files.ts'
import { readMoments, writeMoments } from '#io/moments-file.ts'
import { errorOf } from '../support/error-of.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const specification = { boxSize: 16, pixelSize: 3, radius: 7, maxFrequency: 2, thirdMaxFrequency: 1 }

function randomMoments(seed: number, images: number, change: Partial<MomentSet['specification']> = {}): MomentSet {
  const chosen = { ...specification, ...change }
  const bases = momentBases(chosen)
  const random = new Random(seed)
  const parts = ([1, 2] as const).map((half) => {
    const sums = emptySums(bases.basis, bases.thirdBasis?.counts)
    sums.imageCount = images / 2
    for (const values of [sums.first, sums.pixelSum, sums.pixelPower, ...sums.second.flatMap(({ re, im }) => [re, im])]) for (let i = 0; i < values.length; i++) values[i] = random.normal()
    return { half, sums }
  })
  return { specification: chosen, parts, noiseVariance: seed, noiseSource: 'background', provenance: { particles: `set ${seed}` } }
}

describe('moments files', () => {
  it('merge into their sums, as many as are given, in any order', async () => {
    const folder = temporaryFolder()
    const path = (name: string): string => join(folder, `${name}.h5`)
    for (const [name, seed, images] of [['a', 1, 10], ['b', 2, 30], ['c', 3, 20]] as const) await writeMoments(path(name), randomMoments(seed, images))
    expect(await mergeMomentFiles([path('a'), path('b'), path('c')], path('abc'))).toEqual({ files: { moments: path('abc') }, images: 60, imagesOfEach: [10, 30, 20], parts: 2, box: 16, pixelSize: 3, sigma: Math.sqrt((10 + 60 + 60) / 60) })
    await mergeMomentFiles([path('c'), path('a')], path('ca'))
    await mergeMomentFiles([path('ca'), path('b')], path('cab'))
    const [one, other] = await Promise.all([readMoments(path('abc')), readMoments(path('cab'))])
    const [first, second] = [one, other].map((set) => combineParts(set!, momentBases(specification)))
    first!.first.forEach((value, i) => expect(value).toBeCloseTo(second!.first[i]!, 12))
    first!.pixelPower.forEach((value, i) => expect(value).toBeCloseTo(second!.pixelPower[i]!, 12))
    expect(await inspectFile(path('abc'))).toMatchObject({ kind: 'moments', images: 60, parts: 2, box: [16, 16, 60], pixelSize: 3, radius: 7 })
  })

  it('that cannot be added are refused in a sentence, and nothing is written', async () => {
    const folder = temporaryFolder()
    const path = (name: string): string => join(folder, `${name}.h5`)
    await writeMoments(path('a'), randomMoments(1, 10))
    await writeMoments(path('b'), randomMoments(2, 10))
    await writeMoments(path('other'), randomMoments(3, 10, { pixelSize: 4 }))
    await mergeMomentFiles([path('a'), path('b')], path('ab'))
    const message = async (...files: string[]): Promise<string | undefined> => (await errorOf(mergeMomentFiles(files.map(path), path('out'))))?.message
    expect(await message('a', 'other')).toBe(`${path('other')}: these moments cannot be merged: the pixel size is 3 Angstrom in one and 4 Angstrom in the other`)
    // Images that are in already, through an earlier merge.
    expect(await message('ab', 'a')).toContain('they hold images that another of the files holds too')
    expect(await message('a')).toContain('expected two or more')
    expect((await errorOf(mergeMomentFiles([path('a'), path('b')], path('a'))))?.message).toContain('would replace one of the files')
    expect(readdirSync(folder).sort()).toEqual(['a.h5', 'ab.h5', 'b.h5', 'other.h5'])
  })
})
