import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes what atomic writes leave behind when their process is killed (`io/atomic-file.ts`: hidden, ending in .part). */
export async function removePartFiles(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []) // no folder, nothing to remove
  const parts = names.filter((name) => /(^|[\\/])\.[^\\/]+\.part$/.test(name))
  await Promise.all(parts.map((name) => rm(join(folder, name), { force: true })))
}
