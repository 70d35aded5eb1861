import { rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Removes a folder and its parents up to `uppermost`, as long as they are empty. */
export async function removeEmptyFolders(folder: string, uppermost: string): Promise<void> {
  for (let each = folder; ; each = dirname(each)) {
    const gone = await rmdir(each).then(
      () => true,
      () => false, // somebody put something there: it stays
    )
    if (!gone || each === uppermost || each === dirname(each)) return
  }
}
