import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openPaths, pathsOf } from '../../../src-main/electron/opened-paths.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cryomoment-opened-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function fakeClient() {
  const open = vi.fn(async (input: { folder: string }) => ({ folder: input.folder }))
  const importFiles = vi.fn(async (_input: { paths: string[] }) => [])
  return { open, importFiles, client: { project: { open }, dataset: { import: importFiles } } as never }
}

it('reads paths from a command line, in development and packaged', () => {
  expect(pathsOf(['/opt/electron', '.', 'a.mrc', '--inspect', '/data/project'], '/home/me', false)).toEqual(['/home/me/a.mrc', '/data/project'])
  expect(pathsOf(['/opt/CryoMoment', '--no-sandbox', 'project.json'], '/home/me', true)).toEqual(['/home/me/project.json'])
  expect(pathsOf(['/opt/CryoMoment', 'https://example.org/a.mrc', '-x'], '/home/me', true)).toEqual([])
})

it('opens a project by its folder or its file', async () => {
  const { client, open, importFiles } = fakeClient()
  await mkdir(join(folder, 'p'))
  expect(await openPaths([join(folder, 'p')], client)).toBe(join(folder, 'p'))
  expect(await openPaths([join(folder, 'q', 'project.json')], client)).toBe(join(folder, 'q'))
  expect(open.mock.calls).toEqual([[{ folder: join(folder, 'p') }], [{ folder: join(folder, 'q') }]])
  expect(importFiles).not.toHaveBeenCalled()
})

it('imports files into the project that is open, all in one call', async () => {
  const { client, open, importFiles } = fakeClient()
  const paths = [join(folder, 'a.mrc'), join(folder, 'b.star')]
  for (const path of paths) await writeFile(path, '')
  expect(await openPaths(paths, client)).toBeUndefined()
  expect(open).not.toHaveBeenCalled()
  expect(importFiles).toHaveBeenCalledExactlyOnceWith({ paths })
})
