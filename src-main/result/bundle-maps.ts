import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '#core/error.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import type { ResultRecord } from '#job/result-record.ts'

/** What a bundle is made from. */
export interface BundleSource {
  readonly job: string
  readonly jobName: string
  /** The job's folder, absolute. */
  readonly folder: string
  readonly record: ResultRecord
  readonly settings: Readonly<Record<string, unknown>>
  readonly version: string
  readonly images?: number | undefined
}

/** A bundle in its folder. */
export interface MadeBundle {
  readonly files: readonly string[]
  /** What a person should know of it, in sentences. */
  readonly notes: readonly string[]
}

/** Absolute path of the first map that has one of these roles. */
export function mapOfRole({ record, folder }: BundleSource, ...roles: readonly string[]): string | undefined {
  const found = roles.flatMap((role) => record.maps.filter((map) => map.role === role))[0]
  return found && resolve(folder, JOB_FILES.results, found.file)
}

/** The same where nothing goes without it. */
export function requireMap(source: BundleSource): string {
  const map = mapOfRole(source, 'map', 'aligned', 'truth')
  if (map === undefined) throw new AppError('Conflict', `job ${source.job} has no map: only a finished reconstruction, refinement or alignment can be bundled`, { job: source.job })
  return map
}

/** Copies a map into a bundle, without copying its bytes where the file system can share them. */
export async function addMap(from: string, folder: string, name: string): Promise<string> {
  await copyFile(from, join(folder, name), constants.COPYFILE_FICLONE).catch((error: unknown) => {
    throw new AppError('NotFound', `${from} is not there any more`, { file: from }, error)
  })
  return name
}
