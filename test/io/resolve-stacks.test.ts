import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openImages } from '#io/particle-images.ts'
import { resolveStacks } from '#io/resolve-stacks.ts'
import { createStack } from '#io/stack-file.ts'
import { errorOf } from '../support/error-of.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('resolveStacks', () => {
  it('finds moved stacks under another folder, with and without a prefix, by name alone at last', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'new', 'Extract'), { recursive: true })
    mkdirSync(join(folder, 'stars'))
    for (const name of ['new/Extract/a.mrcs', 'new/b.mrcs']) writeFileSync(join(folder, name), '')
    const star = join(folder, 'stars', 'p.star')
    const paths = async (names: string[], location = {}): Promise<(string | undefined)[]> => (await resolveStacks(names, star, location)).map(({ path }) => path?.slice(folder.length + 1))
    expect(await paths(['/old/disk/Extract/a.mrcs', 'Extract/a.mrcs'])).toEqual([undefined, undefined])
    const datadir = join(folder, 'new')
    expect(await paths(['Extract/a.mrcs', '>Extract/a.mrcs'], { datadir })).toEqual(['new/Extract/a.mrcs', 'new/Extract/a.mrcs'])
    expect(await paths(['/old/disk/Extract/a.mrcs', '/old/disk/b.mrcs'], { datadir, stripPrefix: '/old/disk' })).toEqual(['new/Extract/a.mrcs', 'new/b.mrcs'])
    expect(await paths(['/somewhere/else/b.mrcs'], { datadir })).toEqual(['new/b.mrcs'])
    expect(await paths(['old/new/b.mrcs'], { stripPrefix: 'old/' })).toEqual(['new/b.mrcs'])
  })

  it('what is missing is one sentence that says what to do', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'p.star'), 'data_\nloop_\n_rlnImageName\n1@gone/a.mrcs\n1@gone/b.mrcs\n')
    const error = await errorOf(openImages(join(folder, 'p.star')))
    expect(error?.tag).toBe('NotFound')
    expect(error?.message).toMatch(/the stack gone\/a.mrcs was not found \(nor 1 more of 2\); --datadir says in which folder the stacks are, --strip-prefix what to leave out of their names$/)
    mkdirSync(join(folder, 'here'))
    for (const name of ['a', 'b']) {
      const stack = await createStack(join(folder, 'here', `${name}.mrcs`), { size: 4, pixelSize: 2 })
      await stack.append(new Float32Array(16).fill(name === 'a' ? 1 : 2))
      await stack.finish()
    }
    const images = await openImages(join(folder, 'p.star'), { datadir: join(folder, 'here') })
    expect([...(await images.read(0, 2))].filter((_, p) => p % 16 === 0)).toEqual([1, 2])
    await images.close()
  })
})
