import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../shared/data')

/** Whether the third-party test files are beside this repository. */
export const hasSharedData = existsSync(folder)

if (!hasSharedData) console.log(`skipped: tests on third-party files, because ${folder} is not there`)

/** A file of ../shared/data. */
export function sharedData(path: string): string {
  return resolve(folder, path)
}
