import { readdir } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { AppError } from '#core/error.ts'
import { makeFolder } from '#io/make-folder.ts'
import { newProjectFile, PROJECT_FILES, readProjectFile, writeProjectFile, type ProjectFile } from './project-file.ts'
import { ProjectLock, type LockRecord } from './project-lock.ts'

export interface OpenProjectOptions {
  readonly takeOver?: boolean
  /** Another program took the lock: from now on the project can only be looked at. */
  readonly onLockLost?: (by: LockRecord | undefined) => void
}

/** One project's folder while it is open here: its file in memory, its lock, and who wants to hear of changes. */
export class OpenProject {
  /** Absolute. */
  readonly folder: string
  private readonly lock: ProjectLock
  private current: ProjectFile
  private readonly listeners = new Set<() => void>()
  private writing: Promise<void> = Promise.resolve()

  private constructor(folder: string, file: ProjectFile, lock: ProjectLock) {
    this.folder = folder
    this.current = file
    this.lock = lock
  }

  /** Makes a project in a new or empty folder. Errors: Conflict where there is one already, or the folder holds other things. */
  static async create(folder: string, name: string, options: OpenProjectOptions = {}): Promise<OpenProject> {
    const names = await readdir(folder).catch((error: unknown): string[] => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    })
    if (names.includes(PROJECT_FILES.project)) throw new AppError('Conflict', `${folder} is a project already: open it instead`, { folder })
    if (names.length > 0) throw new AppError('Conflict', `${folder} is not empty: a new project needs a folder of its own`, { folder })
    await makeFolder(folder)
    await writeProjectFile(folder, newProjectFile(name))
    return OpenProject.open(folder, options)
  }

  /** Opens a project and takes its lock; where another holds it, the project is read-only. */
  static async open(folder: string, options: OpenProjectOptions = {}): Promise<OpenProject> {
    const file = await readProjectFile(folder)
    const lock = await ProjectLock.take(folder, {
      takeOver: options.takeOver ?? false,
      onLost: (by) => {
        options.onLockLost?.(by)
        project.changed()
      },
    })
    const project = new OpenProject(folder, file, lock)
    return project
  }

  get readOnly(): boolean {
    return !this.lock.mine
  }

  get holder(): LockRecord {
    return this.lock.record
  }

  get file(): ProjectFile {
    return this.current
  }

  /** Absolute path of something that the project's file names; absolute ones stay. */
  path(named: string): string {
    return resolve(this.folder, named)
  }

  /** How the project's file names a path: relative (with `/`) where it lies inside, else as it is. */
  nameOf(path: string): string {
    const way = relative(this.folder, path)
    return way.startsWith('..') || isAbsolute(way) ? path : way.split(sep).join('/')
  }

  /** Changes the file: seen at once, on disk when it resolves. Changes are written in the order they are made. */
  async update(change: (file: ProjectFile) => ProjectFile): Promise<void> {
    this.requireWritable()
    const before = this.current
    this.current = change(before)
    this.changed()
    const written = this.writing.then(() => writeProjectFile(this.folder, this.current))
    this.writing = written.catch(() => undefined)
    await written
  }

  /** Throws Conflict, naming the holder, where another program may write and this one may not. */
  requireWritable(): void {
    if (!this.readOnly) return
    const { holder, pid, since } = this.holder
    if (pid === 0) throw new AppError('Conflict', `${this.folder} cannot be written to: it can be looked at, not changed`, { folder: this.folder })
    throw new AppError('Conflict', `${this.folder} is open in another CryoMoment (${holder}, process ${pid}, since ${since}): it can be looked at, not changed`, { folder: this.folder, holder, pid })
  }

  /** Something in the project (a file, a job) is other than before. */
  changed(): void {
    for (const listener of this.listeners) listener()
  }

  /** Gives the undo. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.listeners.clear()
    await this.writing
    await this.lock.release()
  }
}
