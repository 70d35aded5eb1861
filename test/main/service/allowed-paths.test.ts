import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { AllowedPaths, isInside } from '../../../src-main/service/allowed-paths.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let home: string
let paths: AllowedPaths
beforeEach(async () => {
  home = await realpath(temporaryFolder())
  await mkdir(join(home, 'root/inner'), { recursive: true })
  await mkdir(join(home, 'root-other'))
  await mkdir(join(home, 'secret'))
  await writeFile(join(home, 'secret/key'), '')
  await writeFile(join(home, 'root/file'), '')
  await symlink(join(home, 'secret'), join(home, 'root/link'))
  await symlink(join(home, 'root/inner'), join(home, 'root/inside'))
  await symlink(join(home, 'secret/new'), join(home, 'root/dangling'))
  paths = new AllowedPaths([join(home, 'root')])
})

it('lets through what lies inside, links resolved', async () => {
  expect(await paths.existing(join(home, 'root/file'))).toBe(join(home, 'root/file'))
  expect(await paths.existing('inside', join(home, 'root'))).toBe(join(home, 'root/inner'))
  expect(await paths.existing('../file', join(home, 'root/inner'))).toBe(join(home, 'root/file'))
  expect(await paths.fresh('inside/new/deep.mrc', join(home, 'root'))).toBe(join(home, 'root/inner/new/deep.mrc'))
})

it.each(['../secret/key', 'link/key', 'link', '../root-other', 'inner/../../secret', '/etc/passwd', '../secret/none', 'link/none', 'dangling'])('refuses what leads outside, whether it exists or not: %s', async (path) => {
  await expect(paths.existing(path, join(home, 'root'))).rejects.toMatchObject({ tag: 'InvalidInput', message: expect.stringMatching(/outside the folders/) as string })
  await expect(paths.fresh(path, join(home, 'root'))).rejects.toMatchObject({ tag: 'InvalidInput' })
})

it('says what is not there, inside', async () => {
  await expect(paths.existing('none', join(home, 'root'))).rejects.toMatchObject({ tag: 'NotFound' })
  await expect(paths.existing('file/below', join(home, 'root'))).rejects.toMatchObject({ tag: 'NotFound' })
  await expect(paths.existing('relative')).rejects.toThrow(/no project is open/)
  await expect(paths.existing('a\0b', join(home, 'root'))).rejects.toMatchObject({ tag: 'InvalidInput' })
})

it('takes a root that is itself a link, and one that is made later', async () => {
  const linked = new AllowedPaths([join(home, 'root/link'), join(home, 'later')])
  expect(await linked.existing(join(home, 'secret/key'))).toBe(join(home, 'secret/key'))
  expect(await linked.fresh(join(home, 'later/project'))).toBe(join(home, 'later/project'))
  expect(await new AllowedPaths(undefined).existing('/etc')).toBe('/etc')
})

it.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/', '/anything', true],
  ['/a', '/a/..b', true],
])('%s holds %s: %s', (folder, path, inside) => expect(isInside(folder, path)).toBe(inside))
