import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '#core/error.ts'
import { AtomicFile } from '#io/atomic-file.ts'
import { makeFolder } from '#io/make-folder.ts'
import { removeEmptyFolders } from './remove-empty-folders.ts'

/** Throws `InvalidInput` when no file can be written there: better before the work than after it. Leaves nothing. */
export async function checkOutputFile(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) throw new AppError('InvalidInput', `cannot write ${path}: a folder has that name`, { path })
  const folder = dirname(resolve(path))
  const made = await makeFolder(folder).catch(() => undefined) // the attempt to write says why
  try {
    await (await AtomicFile.create(path)).abort()
  } finally {
    if (made !== undefined) await removeEmptyFolders(folder, made)
  }
}
