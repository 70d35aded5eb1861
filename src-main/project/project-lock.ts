import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '#io/atomic-file.ts'
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

/** `<project>/project.lock`: who may write. Held by one service; others look and do not touch. */
export class ProjectLock {
  /** Who holds it: this service when `mine`. */
  record: LockRecord
  mine: boolean
  private readonly path: string
  private readonly options: LockOptions
  private timer: NodeJS.Timeout | undefined
  private beating: Promise<void> = Promise.resolve()

  private constructor(path: string, record: LockRecord, mine: boolean, options: LockOptions) {
    this.path = path
    this.record = record
    this.mine = mine
    this.options = options
    if (mine) this.timer = setInterval(() => void (this.beating = this.beat()), options.interval ?? HEARTBEAT).unref()
  }

  /**
   * Takes the lock of a project: a free one, one whose process on this machine is gone, or with `takeOver` any. Otherwise
   * gives it as another's. A holder on another machine is believed: nobody here can tell whether it lives.
   */
  static async take(folder: string, options: LockOptions): Promise<ProjectLock> {
    const path = join(folder, PROJECT_FILES.lock)
    const own = ownRecord()
    for (let attempt = 0; attempt < 10; attempt++) {
      if (await createLock(path, own)) return new ProjectLock(path, own, true, options)
      const found = await readLock(path)
      if (found && !options.takeOver && !isGone(found)) return new ProjectLock(path, found, false, options)
      await setAside(path, found)
    }
    const found = await readLock(path)
    return new ProjectLock(path, found ?? own, false, options)
  }

  /** Gives it back; another's is left alone. */
  async release(): Promise<void> {
    clearInterval(this.timer)
    await this.beating
    if (this.mine && (await readLock(this.path))?.token === this.record.token) await rm(this.path, { force: true })
    this.mine = false
  }

  private async beat(): Promise<void> {
    try {
      const found = await readLock(this.path)
      if (found?.token === this.record.token) {
        this.record = { ...this.record, heartbeat: new Date().toISOString() }
        await writeFileAtomic(this.path, `${JSON.stringify(this.record)}\n`)
        return
      }
      clearInterval(this.timer)
      this.mine = false
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

async function createLock(path: string, record: LockRecord): Promise<boolean> {
  try {
    const handle = await open(path, 'wx')
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`)
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
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
