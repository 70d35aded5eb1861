import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '#core/error.ts'
import { PROJECT_FILES } from './project-file.ts'

const lockRecordSchema = z.object({
  /** user@host */
  holder: z.string(),
  pid: z.int(),
  since: z.string(),
  /** When the holder last said that it is there. */
  heartbeat: z.string(),
  /** Tells two services of one process apart. */
  token: z.string(),
})
export type LockRecord = z.infer<typeof lockRecordSchema>

export interface LockOptions {
  /** Take the lock whoever holds it. */
  readonly takeOver: boolean
  /** The lock was found to be another's: it must be treated as lost. */
  readonly onLost: (by: LockRecord | undefined) => void
  /** Milliseconds between heartbeats. */
  readonly interval?: number
}

const HEARTBEAT = 15_000
/** A lock that says nothing may be just being written, where a file system cannot make it whole at once (ms). */
const PATIENCE = 2000
/** How long a lock may be missing while another takes its place (ms). */
const BETWEEN = 100

/** `<project>/project.lock`: who may write. Held by one service; others look and do not touch. */
export class ProjectLock {
  /** Who holds it: this service when `mine`. */
  record: LockRecord
  mine: boolean
  private readonly path: string
  private readonly options: LockOptions
  // The file that this service made: what is written through it reaches no other lock that took the name meanwhile.
  private readonly file: FileHandle | undefined
  private timer: NodeJS.Timeout | undefined
  private beating: Promise<void> = Promise.resolve()

  private constructor(path: string, record: LockRecord, file: FileHandle | undefined, options: LockOptions) {
    this.path = path
    this.record = record
    this.file = file
    this.mine = file !== undefined
    this.options = options
    if (this.mine) this.timer = setInterval(() => void (this.beating = this.beating.then(() => this.beat())), options.interval ?? HEARTBEAT).unref()
  }

  /**
   * Takes the lock of a project: a free one, one whose process on this machine is gone, or with `takeOver` any. Otherwise
   * gives it as another's. A holder on another machine is believed: nobody here can tell whether it lives.
   */
  static async take(folder: string, options: LockOptions): Promise<ProjectLock> {
    const path = join(folder, PROJECT_FILES.lock)
    const own = ownRecord()
    for (let attempt = 0; attempt < 50; attempt++) {
      const file = await createLock(path, own).catch(unlessUnwritable)
      if (file === 'unwritable') return new ProjectLock(path, (await readLock(path)) ?? { ...own, holder: 'nobody', pid: 0 }, undefined, options)
      if (file) return new ProjectLock(path, own, file, options)
      const found = await readLock(path)
      if (found && !options.takeOver && !isGone(found)) return new ProjectLock(path, found, undefined, options)
      if (!found && (await ageOf(path)) < PATIENCE) await sleep(100)
      else await setAside(path, found)
    }
    throw new AppError('Unavailable', `${path} cannot be taken: others take it again and again`, { path })
  }

  /** Gives it back; another's is left alone. */
  async release(): Promise<void> {
    clearInterval(this.timer)
    await this.beating
    if (this.mine && (await readLock(this.path))?.token === this.record.token) await rm(this.path, { force: true })
    if (this.mine) await this.file?.close()
    this.mine = false
  }

  private async beat(): Promise<void> {
    try {
      this.record = { ...this.record, heartbeat: new Date().toISOString() }
      // As long as before, in one write: a reader never sees half of it.
      if (!this.mine) return
      await this.file!.write(lockText(this.record), 0)
      let found = await readLock(this.path)
      if (found === undefined) {
        await sleep(BETWEEN) // somebody may be between taking it away and putting his own there
        found = await readLock(this.path)
      }
      if (found?.token === this.record.token || !this.mine) return
      clearInterval(this.timer)
      this.mine = false
      await this.file!.close()
      if (found) this.record = found
      this.options.onLost(found)
    } catch {
      // A file system that does not answer now may answer at the next beat; writing the project itself reports the fault.
    }
  }
}

/** user@host of this process. */
export function thisHolder(): string {
  return `${userName()}@${hostname()}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown' // a user without an entry, as in some containers
  }
}

function ownRecord(): LockRecord {
  const now = new Date().toISOString()
  return { holder: thisHolder(), pid: process.pid, since: now, heartbeat: now, token: randomUUID() }
}

function lockText(record: LockRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** Makes the lock, whole at once; undefined where there is one. The handle stays open while it is held. */
async function createLock(path: string, record: LockRecord): Promise<FileHandle | undefined> {
  const beside = `${path}.${record.token}`
  const file = await open(beside, 'wx')
  try {
    await file.writeFile(lockText(record))
    try {
      await link(beside, path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') {
        await file.close()
        return undefined
      }
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(code ?? '')) throw error
      // A file system without links, as on USB sticks: made empty, then filled.
      await file.close()
      return await createPlain(path, record)
    }
    return file
  } finally {
    await rm(beside, { force: true })
  }
}

async function createPlain(path: string, record: LockRecord): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(lockText(record))
    return file
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  }
}

/** Where nothing can be written (a colleague's folder, an archive), a project can still be looked at. */
function unlessUnwritable(error: unknown): 'unwritable' {
  if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return 'unwritable'
  throw error
}

/** Milliseconds since a lock was written; infinite where there is none. */
async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  )
}

/** The record of a lock file; undefined where there is none, or none that can be read. */
async function readLock(path: string): Promise<LockRecord | undefined> {
  try {
    return lockRecordSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined // absent, or cut off when its writer died: nobody's
  }
}

/** Removes a lock, unless another process has meanwhile put its own there: that one is put back. */
async function setAside(path: string, expected: LockRecord | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readLock(aside))?.token !== expected?.token) await link(aside, path).catch(() => undefined) // a third has come: it keeps it
  await rm(aside, { force: true })
}

function isGone({ holder, pid }: LockRecord): boolean {
  const host = holder.slice(holder.lastIndexOf('@') + 1)
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM'
  }
}
