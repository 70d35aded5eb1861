import { lstat, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { AppError } from '#core/error.ts'

/** The folders that a page may reach, checked after links are resolved. */
export class AllowedPaths {
  private readonly roots: Set<string> | undefined

  /** Without roots everything is allowed: the desktop, whose page is the person's own program. */
  constructor(roots: readonly string[] | undefined) {
    this.roots = roots && new Set(roots.map((root) => resolve(root)))
  }

  get confined(): boolean {
    return this.roots !== undefined
  }

  list(): readonly string[] {
    return [...(this.roots ?? [])]
  }

  add(root: string): void {
    this.roots?.add(resolve(root))
  }

  /**
   * The real path of something that exists; relative paths start at `base`.
   * Errors: NotFound; InvalidInput outside the roots, in the same words whether it exists or not.
   */
  async existing(path: string, base?: string): Promise<string> {
    const asked = absolute(path, base)
    // What does not exist is looked for where it would be, so that the answer tells nothing about other folders.
    const real = await nearestReal(asked)
    await this.requireInside(real, asked)
    if (!(await exists(real))) throw new AppError('NotFound', `${asked} does not exist`, { path: asked })
    return real
  }

  /** The path of something to be made: the part that exists is resolved and must lie inside. */
  async fresh(path: string, base?: string): Promise<string> {
    const asked = absolute(path, base)
    const real = await nearestReal(asked)
    await this.requireInside(real, asked)
    return real
  }

  private async requireInside(real: string, asked: string): Promise<void> {
    if (!this.roots) return
    for (const root of this.roots) if (isInside(await nearestReal(root), real)) return
    throw new AppError('InvalidInput', `${asked} lies outside the folders that this server gives access to (${this.list().join(', ')})`, { path: asked })
  }
}

/** Whether `path` is `folder` or lies in it; both absolute and resolved. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

function absolute(path: string, base: string | undefined): string {
  if (path.includes('\0')) throw new AppError('InvalidInput', 'a path holds a zero byte', {})
  if (isAbsolute(path)) return resolve(path)
  if (base === undefined) throw new AppError('InvalidInput', `${path} is a relative path, expected an absolute one: no project is open`, { path })
  return resolve(base, path)
}

/** The path with its existing part resolved; a link whose target is missing leads to where that would be. */
async function nearestReal(path: string, links = 0): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP' || code === 'ENAMETOOLONG' || links > 40) throw new AppError('InvalidInput', `${path} leads nowhere (${code})`, { path, code }, error)
    const parent = dirname(path)
    if (parent === path || !isAbsent(error)) throw error
    const target = await readlink(path).catch(() => undefined) // no link: nothing of that name
    return target === undefined ? join(await nearestReal(parent, links), basename(path)) : nearestReal(resolve(await nearestReal(parent, links), target), links + 1)
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false
      throw error
    },
  )
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
}
