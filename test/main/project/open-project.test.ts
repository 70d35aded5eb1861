import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OpenProject } from '../../../src-main/project/open-project.ts'
import { PreferencesFile } from '../../../src-main/project/preferences-file.ts'
import { freeName, safeName } from '../../../src-main/project/free-name.ts'
import { RecentProjects } from '../../../src-main/project/recent-projects.ts'
import { moveToTrash } from '../../../src-main/project/trash.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const platform = (home: string) => ({ mode: 'remote' as const, configFolder: home, projectsFolder: home })

it('is made in a new or empty folder only', async () => {
  const home = temporaryFolder()
  await writeFile(join(home, 'thesis.txt'), 'mine')
  await expect(OpenProject.create(home, 'x')).rejects.toMatchObject({ tag: 'Conflict', message: expect.stringMatching(/not empty/) as string })
  expect(await readdir(home)).toEqual(['thesis.txt'])
  const project = await OpenProject.create(join(home, 'new/deep'), 'New')
  expect((await readdir(project.folder)).sort()).toEqual(['project.json', 'project.lock'])
  await project.close()
  expect(await readdir(project.folder)).toEqual(['project.json'])
  await expect(OpenProject.create(join(home, 'new/deep'), 'x')).rejects.toThrow(/is a project already/)
})

it('keeps changes in the order they are made, and tells of each', async () => {
  const project = await OpenProject.create(join(temporaryFolder(), 'p'), 'p')
  let told = 0
  const forget = project.onChange(() => told++)
  await Promise.all(Array.from({ length: 20 }, (_, i) => project.update((file) => ({ ...file, view: { steps: [...((file.view['steps'] as number[] | undefined) ?? []), i] } }))))
  expect(told).toBe(20)
  forget()
  const stored = JSON.parse(await readFile(join(project.folder, 'project.json'), 'utf8')) as { view: { steps: number[] } }
  expect(stored.view.steps).toEqual(Array.from({ length: 20 }, (_, i) => i))
  await project.close()
})

it('can be looked at but not changed while another has it, and names paths so that it can move', async () => {
  const folder = join(temporaryFolder(), 'p')
  const writer = await OpenProject.create(folder, 'p')
  const reader = await OpenProject.open(folder)
  expect([writer.readOnly, reader.readOnly]).toEqual([false, true])
  await expect(reader.update((file) => ({ ...file, name: 'stolen' }))).rejects.toMatchObject({ tag: 'Conflict', message: expect.stringMatching(/is open in another CryoMoment \(.+@.+, process \d+, since/) as string })
  expect(reader.file.name).toBe('p')
  expect([writer.nameOf(join(folder, 'import/a.mrc')), writer.nameOf('/elsewhere/a.mrc'), writer.path('import/a.mrc')]).toEqual(['import/a.mrc', '/elsewhere/a.mrc', join(folder, 'import/a.mrc')])
  await reader.close()
  await writer.close()
})

it('goes to the trash whole, and not while somebody has it open', async () => {
  const home = temporaryFolder()
  const folder = join(home, 'p')
  const project = await OpenProject.create(folder, 'p')
  await mkdir(join(folder, 'jobs/J001'), { recursive: true })
  await expect(moveToTrash(folder, platform(home))).rejects.toThrow(/close it there first/)
  await project.close()
  const desktop = { XDG_CURRENT_DESKTOP: process.env['XDG_CURRENT_DESKTOP'] }
  delete process.env['XDG_CURRENT_DESKTOP'] // where no desktop is, the trash lies beside
  const trashed = await moveToTrash(folder, platform(home))
  if (desktop.XDG_CURRENT_DESKTOP !== undefined) process.env['XDG_CURRENT_DESKTOP'] = desktop.XDG_CURRENT_DESKTOP
  expect(trashed).toMatch(new RegExp(`^${join(home, '.trash')}/p\\.`))
  expect((await readdir(trashed)).sort()).toEqual(['jobs', 'project.json'])
  expect(await readdir(home)).toEqual(['.trash'])
})

it('follows the freedesktop trash on a desktop', async () => {
  const home = temporaryFolder()
  const project = await OpenProject.create(join(home, 'some project'), 'p')
  await project.close()
  const before = { ...process.env }
  Object.assign(process.env, { HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_CURRENT_DESKTOP: 'GNOME', DISPLAY: ':0' })
  try {
    expect(await moveToTrash(project.folder, platform(home))).toBe(join(home, 'data/Trash/files/some project'))
  } finally {
    for (const key of ['HOME', 'XDG_DATA_HOME', 'XDG_CURRENT_DESKTOP', 'DISPLAY']) if (before[key] === undefined) delete process.env[key]
    Object.assign(process.env, before)
  }
  expect(await readFile(join(home, 'data/Trash/info/some project.trashinfo'), 'utf8')).toMatch(/^\[Trash Info\]\nPath=.*\/some%20project\nDeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n$/)
})

it('is remembered, newest first, with whether it is still there', async () => {
  const home = temporaryFolder()
  const recent = new RecentProjects(join(home, 'settings'))
  const project = await OpenProject.create(join(home, 'p'), 'p')
  await project.close()
  await Promise.all([recent.add('/gone', 'gone'), recent.add(project.folder, 'p'), recent.add('/gone', 'gone again')])
  expect((await new RecentProjects(join(home, 'settings')).list()).map(({ name, exists }) => [name, exists])).toEqual([
    ['gone again', false],
    ['p', true],
  ])
  await writeFile(join(home, 'settings/recent.json'), 'damaged')
  expect(await recent.list()).toEqual([])
})

it('preferences survive a later version and damage', async () => {
  const home = temporaryFolder()
  const preferences = new PreferencesFile(home)
  await Promise.all([preferences.change({ theme: 'dark' }), preferences.change({ threads: 3 })])
  expect(await preferences.read()).toMatchObject({ theme: 'dark', threads: 3 })
  await writeFile(join(home, 'preferences.json'), JSON.stringify({ theme: 'purple', threads: 5, later: true }))
  expect(await preferences.read()).toEqual({ theme: 'system', background: 'dark', threads: 5, voxelLimit: 17_000_000 })
})

it('files get names that are free and harmless', async () => {
  const folder = temporaryFolder()
  for (const name of ['a.map.gz', 'a-2.map.gz', 'b']) await writeFile(join(folder, name), '')
  expect(await Promise.all(['a.map.gz', 'b', 'c.mrc'].map((name) => freeName(folder, name)))).toEqual(['a-3.map.gz', 'b-2', 'c.mrc'])
  expect(['../x y;z.mrc', '-rf', 'Å.map', '...'].map(safeName)).toEqual(['x-y-z.mrc', 'rf', 'A.map', 'file'])
})
