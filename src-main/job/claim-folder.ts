import { constants } from 'node:fs'
import { access, readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '#core/error.ts'
import { makeFolder } from '#io/make-folder.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { jobStateSchema, type JobState } from '#job/job-state.ts'
import { removeEmptyFolders } from './remove-empty-folders.ts'

/** A folder made ready for a job, and how to take that back when the job never really began. */
export interface ClaimedFolder {
  readonly folder: string
  /** Removes the job's files, and the folders that the claim made. */
  readonly unclaim: () => Promise<void>
}

/**
 * Makes a folder ready for a new job. A new or empty folder is taken; so is one whose job failed, was cancelled or was
 * interrupted (its old records are removed, its checkpoints stay); a finished job's only with `overwrite`; a running job's never.
 * Throws `InvalidInput` or `Conflict`, one sentence each.
 */
export async function claimFolder(path: string, options: { readonly overwrite: boolean }): Promise<ClaimedFolder> {
  const folder = resolve(path)
  const names = await listFolder(folder)
  if (names && names.length > 0) {
    await checkOccupied(folder, names, options.overwrite)
    // Only a job's own records: in any other folder a `result` belongs to somebody else.
    const unfinished = (await readJobState(folder))?.state !== 'succeeded'
    if (names.includes(JOB_FILES.request)) await removeJobFiles(folder, unfinished ? [JOB_FILES.checkpoints] : [])
  }
  const made = await createFolder(folder)
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw new AppError('InvalidInput', `cannot write to the folder ${folder}: permission denied`, { folder }, error)
  })
  return {
    folder,
    unclaim: async () => {
      await removeJobFiles(folder)
      if (made !== undefined) await removeEmptyFolders(folder, made)
    },
  }
}

/** What a job's folder says about itself; undefined when it holds no readable state. */
export async function readJobState(folder: string): Promise<JobState | undefined> {
  try {
    return jobStateSchema.parse(JSON.parse(await readFile(join(folder, JOB_FILES.state), 'utf8')))
  } catch {
    return undefined // absent or not ours: the caller only asks whether there is a job
  }
}

async function listFolder(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    const reason = code === 'ENOTDIR' ? 'it, or a part of its path, is a file' : (code ?? 'unknown')
    throw new AppError('InvalidInput', `cannot use ${folder} as the output folder: ${reason}`, { folder, code }, error)
  }
}

async function checkOccupied(folder: string, names: readonly string[], overwrite: boolean): Promise<void> {
  const state = await readJobState(folder)
  if (state && (state.state === 'running' || state.state === 'pending') && isAlive(state.writerPid)) {
    throw new AppError('Conflict', `${folder} belongs to a job that process ${state.writerPid} is running`, { folder })
  }
  if (overwrite || (state && state.state !== 'succeeded')) return
  if (!state && names.length === 1 && names[0] === JOB_FILES.request) return // interrupted before the first state
  const what = state ? `holds a finished "${state.task}" job` : 'is not empty'
  throw new AppError('Conflict', `the output folder ${folder} ${what}: choose another, or add --overwrite`, { folder })
}

async function removeJobFiles(folder: string, except: readonly string[] = []): Promise<void> {
  for (const name of Object.values(JOB_FILES)) if (!except.includes(name)) await rm(join(folder, name), { recursive: true, force: true })
}

/** Creates the folder and its parents; gives the uppermost one it had to make. */
async function createFolder(folder: string): Promise<string | undefined> {
  try {
    return await makeFolder(folder)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reasons: Readonly<Record<string, string>> = { EACCES: 'permission denied', EPERM: 'permission denied', EROFS: 'the file system is read-only', ENOENT: 'this place takes no new folders', EEXIST: 'a file has that name', ENOTDIR: 'a part of its path is a file' }
    throw new AppError('InvalidInput', `cannot create the output folder ${folder}: ${reasons[code ?? ''] ?? code ?? 'unknown'}`, { folder, code }, error)
  }
}

/** Another process of that number runs. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
