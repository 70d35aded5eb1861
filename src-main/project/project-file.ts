import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#core/error.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { migrateProject, PROJECT_VERSION } from './migrations.ts'

/** Names of everything inside a project's folder. */
export const PROJECT_FILES = { project: 'project.json', lock: 'project.lock', imports: 'import', jobs: 'jobs', exports: 'export', trash: 'trash' } as const

/** How a dataset came to be. */
const provenanceSchema = z.strictObject({
  how: z.enum(['imported', 'uploaded', 'emdb', 'phantom', 'flipped', 'difference']),
  /** The files it was made of, as they were named. */
  from: z.array(z.string()),
  /** One sentence with the numbers that matter. */
  text: z.string().optional(),
})
export type Provenance = z.infer<typeof provenanceSchema>

export const datasetRecordSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['map', 'stack', 'particles', 'moments']),
  /** Relative to the project (with `/`) where it lies inside, else absolute. */
  path: z.string(),
  imported: z.string(),
  /** Of the file when it was last read. */
  bytes: z.number(),
  summary: z.string(),
  warnings: z.int(),
  recommendedLevel: z.number().optional(),
  provenance: provenanceSchema,
})
export type DatasetRecord = z.infer<typeof datasetRecordSchema>

const preparedSchema = z.strictObject({ task: z.string(), settings: z.record(z.string(), z.unknown()), seed: z.int().optional(), name: z.string() })

export const projectFileSchema = z.strictObject({
  format: z.literal('cryomoment-project'),
  version: z.literal(PROJECT_VERSION),
  name: z.string(),
  created: z.string(),
  datasets: z.array(datasetRecordSchema),
  /** Taken out of the list; can be put back. */
  removed: z.array(datasetRecordSchema),
  /** What the page wants to find again; opaque here. */
  view: z.record(z.string(), z.unknown()),
  /** Jobs made ready for one click, as the demo has. */
  prepared: z.array(preparedSchema),
})
export type ProjectFile = z.infer<typeof projectFileSchema>

/** The file of a new project. */
export function newProjectFile(name: string): ProjectFile {
  return { format: 'cryomoment-project', version: PROJECT_VERSION, name, created: new Date().toISOString(), datasets: [], removed: [], view: {}, prepared: [] }
}

/**
 * Reads and migrates `<folder>/project.json`.
 * Errors: NotFound where there is none; InvalidInput when it is not one of ours or from a later version.
 */
export async function readProjectFile(folder: string): Promise<ProjectFile> {
  const path = join(folder, PROJECT_FILES.project)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError('NotFound', `${folder} is not a project: it has no ${PROJECT_FILES.project}`, { folder }, error)
    throw new AppError('InvalidInput', `${path} cannot be read (${code})`, { path, code }, error)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AppError('InvalidInput', `${path} is not JSON: it was damaged or is not a project of CryoMoment`, { path }, error)
  }
  const parsed = projectFileSchema.safeParse(migrateProject(value, path))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw new AppError('InvalidInput', `${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`, { path, field: issue.path.join('.') })
}

/** Replaces `<folder>/project.json` as a whole. */
export async function writeProjectFile(folder: string, file: ProjectFile): Promise<void> {
  await writeFileAtomic(join(folder, PROJECT_FILES.project), `${JSON.stringify(file, null, 2)}\n`)
}
