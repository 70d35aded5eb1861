import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes what atomic writes leave behind when their process is killed (names ending in `.part`). */
export async function removePartFiles(folder: string): Promise<void> {
  await removeFiles(folder, '.part')
}

/** Removes every file in a folder and below whose name ends so. */
export async function removeFiles(folder: string, ending: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []) // no folder, nothing to remove
  const parts = names.filter((name) => name.endsWith(ending))
  await Promise.all(parts.map((name) => rm(join(folder, name), { force: true })))
}
