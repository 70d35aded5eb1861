import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { claimFolder } from '../../src-main/job/claim-folder.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cryomoment-claim-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function jobFolder(name: string, state: Record<string, unknown>): Promise<string> {
  const folder = join(root, name)
  await mkdir(join(folder, 'result'), { recursive: true })
  await writeFile(join(folder, 'job.json'), '{}')
  const common = { version: 1, jobId: 'x', task: 'run', writerPid: 2 ** 30, updated: 'now', started: 'then' }
  await writeFile(join(folder, 'state.json'), JSON.stringify({ ...common, ...state }))
  return folder
}

it('makes a new folder and its parents, and unclaim takes back exactly those', async () => {
  await mkdir(join(root, 'a'))
  const claimed = await claimFolder(join(root, 'a/b/c'), { overwrite: false })
  expect(claimed.folder).toBe(join(root, 'a/b/c'))
  await writeFile(join(claimed.folder, 'job.json'), '{}')
  await claimed.unclaim()
  expect(await readdir(root, { recursive: true })).toEqual(['a'])
})

it('unclaim leaves what is not the job’s', async () => {
  const claimed = await claimFolder(join(root, 'a'), { overwrite: false })
  await writeFile(join(claimed.folder, 'mine.txt'), '')
  await claimed.unclaim()
  expect(await readdir(join(root, 'a'))).toEqual(['mine.txt'])
})

it('takes over the folder of a failed, cancelled or interrupted job, with its checkpoints', async () => {
  const error = { tag: 'Internal', message: 'm', fields: {} }
  for (const state of [
    { state: 'failed', finished: 'now', error },
    { state: 'cancelled', finished: 'now', killed: false },
    { state: 'running', fraction: 0.5 },
  ]) {
    const folder = await jobFolder(state.state, state)
    await mkdir(join(folder, 'checkpoint'))
    const claimed = await claimFolder(folder, { overwrite: false })
    expect(await readdir(folder)).toEqual(['checkpoint'])
    await claimed.unclaim()
    expect(await readdir(folder)).toEqual([])
  }
})

it('refuses a finished job unless told to overwrite', async () => {
  const folder = await jobFolder('done', { state: 'succeeded', finished: 'now', summary: {} })
  await writeFile(join(folder, 'notes.txt'), '')
  await expect(claimFolder(folder, { overwrite: false })).rejects.toMatchObject({ tag: 'Conflict', message: expect.stringContaining('--overwrite') as string })
  await claimFolder(folder, { overwrite: true })
  expect(await readdir(folder)).toEqual(['notes.txt'])
})

it('never touches the folder of a running job', async () => {
  const folder = await jobFolder('busy', { state: 'running', fraction: 0.5, writerPid: process.ppid })
  await expect(claimFolder(folder, { overwrite: true })).rejects.toMatchObject({ tag: 'Conflict', message: expect.stringContaining(String(process.ppid)) as string })
})

it('refuses a folder with other things in it, and even with overwrite removes none of them', async () => {
  const folder = join(root, 'photos')
  await mkdir(join(folder, 'result'), { recursive: true })
  await expect(claimFolder(folder, { overwrite: false })).rejects.toMatchObject({ tag: 'Conflict', message: expect.stringContaining('not empty') as string })
  await claimFolder(folder, { overwrite: true })
  expect(await readdir(folder)).toEqual(['result'])
})

it('refuses a path through a file', async () => {
  await writeFile(join(root, 'file'), '')
  await expect(claimFolder(join(root, 'file'), { overwrite: false })).rejects.toMatchObject({ tag: 'InvalidInput' })
  await expect(claimFolder(join(root, 'file/sub'), { overwrite: false })).rejects.toMatchObject({ tag: 'InvalidInput' })
})

it.runIf(process.platform === 'linux')('refuses a place where nobody can make a folder (Linux: /proc)', async () => {
  await expect(claimFolder('/proc/cryomoment/out', { overwrite: false })).rejects.toMatchObject({ tag: 'InvalidInput', message: expect.stringContaining('cannot create') as string })
})

it.skipIf(process.getuid?.() === 0)('refuses a folder without write permission (skipped for root, who needs none)', async () => {
  await chmod(root, 0o500)
  await expect(claimFolder(join(root, 'new'), { overwrite: false })).rejects.toMatchObject({ tag: 'InvalidInput', message: expect.stringContaining('permission denied') as string })
  await chmod(root, 0o700)
})
