import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates a folder and its missing parents; gives the uppermost one it had to make, as `mkdir` with `recursive` does.
 * That one never returns where the file system answers ENOENT for a folder whose parent exists (Linux: /proc).
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await isFolder(path))) return undefined
    const parent = dirname(path)
    if (code !== 'ENOENT' || parent === path || (await isFolder(parent))) throw error
    const uppermost = await makeFolder(parent)
    await mkdir(path)
    return uppermost ?? path
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
