import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '#core/error.ts'
import { makeFolder } from './make-folder.ts'

/**
 * A file that appears under its name only when it is complete and on disk: written beside under a hidden temporary
 * name, synced, renamed, and the folder synced. Until `commit` an older file of that name stays as it was.
 */
export class AtomicFile {
  readonly path: string
  readonly handle: FileHandle
  private readonly temporary: string

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path
    this.temporary = temporary
    this.handle = handle
  }

  /** Creates the folder too. Throws `InvalidInput` where nothing can be written. */
  static async create(path: string): Promise<AtomicFile> {
    const temporary = temporaryName(path)
    try {
      await makeFolder(dirname(path))
      return new AtomicFile(path, temporary, await open(temporary, 'wx'))
    } catch (error) {
      throw cannotWrite(path, error)
    }
  }

  async commit(): Promise<void> {
    try {
      await this.handle.sync()
      await this.handle.close()
      await rename(this.temporary, this.path)
      await syncFolder(dirname(this.path))
    } catch (error) {
      await this.abort()
      throw cannotWrite(this.path, error)
    }
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    await this.handle.close().catch(() => undefined) // it may be closed already
    await rm(this.temporary, { force: true })
  }
}

/** Writes a whole file atomically and durably. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path)
  try {
    await file.handle.writeFile(data)
  } catch (error) {
    await file.abort()
    throw cannotWrite(path, error)
  }
  await file.commit()
}

/** The hidden name beside `path` under which its next version is prepared. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
}

/** Makes a rename in this folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined) // not every file system opens folders
  if (!handle) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

/** The system's refusal to write as a sentence. */
export function cannotWrite(path: string, error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space left on the device',
    ENOTDIR: 'a part of the path is not a folder',
    ENOENT: 'this place takes no new files',
    EEXIST: 'a part of the path is not a folder',
    EISDIR: 'a folder has that name',
    ENAMETOOLONG: 'the name is too long',
  }
  return new AppError('InvalidInput', `cannot write ${path}: ${reasons[code] ?? code}`, { path, code }, error)
}
