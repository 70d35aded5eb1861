import { AppError } from '#core/error.ts'

/** The version of `project.json` that this program writes. */
export const PROJECT_VERSION = 2

type Plain = Readonly<Record<string, unknown>>

/** `migrations[k]` makes version k + 2 of version k + 1. Pure; each has its before and after in test/fixture/project. */
export const migrations: readonly ((file: Plain) => Plain)[] = [toVersion2]

/**
 * Any known version of a project's file as the present one; `path` is for the sentence.
 * Errors: InvalidInput for what is no project, or one of a later program.
 */
export function migrateProject(value: unknown, path: string): Plain {
  const version = isPlain(value) && value['format'] === 'cryomoment-project' ? value['version'] : undefined
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw new AppError('InvalidInput', `${path} is not a project of CryoMoment`, { path })
  if (version > PROJECT_VERSION) throw new AppError('InvalidInput', `${path} has version ${version}, and this program knows versions up to ${PROJECT_VERSION}: a newer CryoMoment wrote it`, { path, found: version, expected: PROJECT_VERSION })
  return migrations.slice(version - 1).reduce((file, migrate) => migrate(file), value as Plain)
}

/** Version 2 says how each dataset came to be, and keeps jobs made ready. In version 1 everything was imported. */
function toVersion2(file: Plain): Plain {
  const withProvenance = (records: unknown): unknown[] =>
    (Array.isArray(records) ? records : []).map((record: Plain) => ({ ...record, provenance: { how: 'imported', from: [record['path']] } }))
  return { ...file, version: 2, datasets: withProvenance(file['datasets']), removed: withProvenance(file['removed']), prepared: [] }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
