import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AtomicFile, writeFileAtomic } from '#io/atomic-file.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cryomoment-atomic-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

it('replaces a file as a whole and leaves nothing beside it', async () => {
  const path = join(root, 'new/folder/a.txt')
  await writeFileAtomic(path, 'one')
  await writeFileAtomic(path, 'two')
  expect(await readFile(path, 'utf8')).toBe('two')
  expect(await readdir(join(root, 'new/folder'))).toEqual(['a.txt'])
})

it('keeps the old file until commit, and after abort', async () => {
  const path = join(root, 'a.txt')
  await writeFile(path, 'old')
  const file = await AtomicFile.create(path)
  await file.handle.write('half')
  expect(await readFile(path, 'utf8')).toBe('old')
  await file.abort()
  expect(await readFile(path, 'utf8')).toBe('old')
  expect(await readdir(root)).toEqual(['a.txt'])
})

it('says in a sentence why it cannot write, and leaves nothing', async () => {
  await writeFile(join(root, 'file'), '')
  await expect(writeFileAtomic(join(root, 'file/a.txt'), 'x')).rejects.toMatchObject({ tag: 'InvalidInput', message: expect.stringContaining('not a folder') as string })
  await mkdir(join(root, 'a.txt'))
  await expect(writeFileAtomic(join(root, 'a.txt'), 'x')).rejects.toMatchObject({ tag: 'InvalidInput' })
  expect((await readdir(root)).sort()).toEqual(['a.txt', 'file'])
})
