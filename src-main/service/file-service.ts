import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FileEntry } from '#contract/file.ts'
import { AppError } from '#core/error.ts'
import { makeFolder } from '#io/make-folder.ts'
import type { Platform } from '../platform.ts'
import type { CurrentProject } from '../project/current-project.ts'
import { PROJECT_FILES } from '../project/project-file.ts'
import { isInside, type AllowedPaths } from './allowed-paths.ts'
import { implementer } from './implementer.ts'

export interface FileServiceOptions {
  readonly paths: AllowedPaths
  readonly platform: Platform
  readonly current: CurrentProject
  /** Where browsing may begin on a machine without allowed roots. */
  readonly places: () => Promise<readonly string[]>
}

/** Most entries of a folder that are listed. */
const LISTED = 5000

/** Browsing this machine's folders. */
export function fileService({ paths, platform, current, places }: FileServiceOptions) {
  const { file } = implementer
  const base = (): string | undefined => current.project?.folder
  return file.router({
    roots: file.roots.handler(async () => {
      const roots = paths.confined ? paths.list() : await places()
      const there = await Promise.all(roots.map(async (path) => ((await isFolder(path)) ? [{ name: basename(path) || path, path }] : [])))
      return there.flat()
    }),
    list: file.list.handler(async ({ input }) => {
      const folder = await paths.existing(input.folder, base())
      const names = await readdir(folder, { withFileTypes: true })
      const visible = names.filter(({ name }) => !name.startsWith('.')).sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name, 'en', { numeric: true }))
      const entries = await Promise.all(visible.slice(0, LISTED).map(({ name }) => describeEntry(join(folder, name))))
      const parent = dirname(folder)
      return { folder, parent: parent !== folder && (await isAllowed(paths, parent)) ? parent : null, entries: entries.filter((entry) => entry !== undefined), truncated: visible.length > LISTED }
    }),
    makeFolder: file.makeFolder.handler(async ({ input }) => {
      if (/[/\\\0]/.test(input.name) || input.name === '.' || input.name === '..') throw new AppError('InvalidInput', `${JSON.stringify(input.name)} is not a name for a folder: it may not hold / or \\`, { name: input.name })
      const parent = await paths.existing(input.parent, base())
      const path = join(parent, input.name)
      if (await stat(path).catch(() => undefined)) throw new AppError('Conflict', `${path} exists already`, { path })
      await makeFolder(path)
      return { path }
    }),
    pick: file.pick.handler(async ({ input }) => {
      if (!platform.pickPath) throw new AppError('Unavailable', 'this service has no dialogs: browse its folders instead')
      return { paths: [...(await platform.pickPath(input.what, input.multiple))] }
    }),
    reveal: file.reveal.handler(async ({ input }) => {
      if (!platform.reveal) throw new AppError('Unavailable', 'this service has no file manager')
      await platform.reveal(await paths.existing(input.path, base()))
      return {}
    }),
  })
}

async function describeEntry(path: string): Promise<FileEntry | undefined> {
  // A link whose target is gone, or an entry that went away while we looked.
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  const name = basename(path)
  const kind = found.isDirectory() ? ((await stat(join(path, PROJECT_FILES.project)).catch(() => undefined)) ? 'project' : 'folder') : kindByName(name)
  return { name, path, kind, bytes: found.isDirectory() ? 0 : found.size, modified: found.mtime.toISOString() }
}

/** What a file probably is, by its name alone. */
export function kindByName(name: string): FileEntry['kind'] {
  const plain = name.toLowerCase().replace(/\.(gz|bz2)$/, '')
  if (/\.(mrcs|st)$/.test(plain)) return 'stack'
  if (/\.(mrc|map|ccp4|rec)$/.test(plain)) return 'map'
  if (/\.star$/.test(plain)) return 'star'
  return /\.(h5|hdf5)$/.test(plain) ? 'moments' : 'other'
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function isAllowed(paths: AllowedPaths, folder: string): Promise<boolean> {
  return !paths.confined || paths.list().some((root) => isInside(root, folder))
}
