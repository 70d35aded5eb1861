import { constants } from 'node:fs'
import { copyFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Dataset, ImportResult } from '#contract/dataset.ts'
import { AppError, isAppError } from '#core/error.ts'
import { serializeError } from '#core/serialized-error.ts'
import { temporaryName } from '#io/atomic-file.ts'
import { makeFolder } from '#io/make-folder.ts'
import { summarizeDataset, type CurrentProject } from '../project/current-project.ts'
import { addDataset, changeDataset, findDataset, readFacts, removeDataset, restoreDataset } from '../project/dataset-list.ts'
import { freeName } from '../project/free-name.ts'
import type { OpenProject } from '../project/open-project.ts'
import { PROJECT_FILES, type DatasetRecord } from '../project/project-file.ts'
import type { FileDescription } from '../reading/describe-file.ts'
import type { DescriptionStore } from '../reading/description-store.ts'
import { isInside, type AllowedPaths } from './allowed-paths.ts'
import { implementer } from './implementer.ts'

export interface DatasetServiceOptions {
  readonly current: CurrentProject
  readonly paths: AllowedPaths
  readonly descriptions: DescriptionStore
}

/** The files that a project works on. */
export function datasetService({ current, paths, descriptions }: DatasetServiceOptions) {
  const { dataset } = implementer
  return dataset.router({
    import: dataset.import.handler(async ({ input }) => {
      const project = current.requireWritable()
      const results: ImportResult[] = []
      // One after the other: a broken file is told and the rest goes on.
      for (const path of input.paths) results.push(await importFile(path, project, { paths, descriptions, copy: input.copy }))
      return results
    }),
    describe: dataset.describe.handler(({ input }) => {
      const project = current.require()
      return describeDataset(project, findDataset(project, input.id), descriptions)
    }),
    rename: dataset.rename.handler(async ({ input }) => {
      const project = current.requireWritable()
      return summarizeDataset(project, await changeDataset(project, input.id, (record) => ({ ...record, name: input.name })))
    }),
    remove: dataset.remove.handler(async ({ input }) => {
      await removeDataset(current.requireWritable(), input.id)
      return {}
    }),
    restore: dataset.restore.handler(async ({ input }) => {
      const project = current.requireWritable()
      return summarizeDataset(project, await restoreDataset(project, input.id))
    }),
    relink: dataset.relink.handler(async ({ input }) => {
      const project = current.requireWritable()
      const before = findDataset(project, input.id)
      const path = await paths.existing(input.path, project.folder)
      const description = await descriptions.describe(path)
      if (description.kind !== before.kind) throw new AppError('InvalidInput', `${path} holds ${article(description.kind)}, expected ${article(before.kind)} as "${before.name}" is one`, { path, found: description.kind, expected: before.kind })
      const { size } = await stat(path)
      const record = await changeDataset(project, input.id, (old) => ({ ...old, ...readFacts(description, size), path: project.nameOf(path) }))
      return describeDataset(project, record, descriptions)
    }),
  })
}

interface ImportTools {
  readonly paths: AllowedPaths
  readonly descriptions: DescriptionStore
  readonly copy: boolean
}

async function importFile(asked: string, project: OpenProject, { paths, descriptions, copy }: ImportTools): Promise<ImportResult> {
  try {
    const found = await paths.existing(asked, project.folder)
    // Before any copy: what cannot be read leaves nothing in the project.
    const description = await descriptions.describe(found)
    const path = copy && !isInside(project.folder, found) ? await copyInto(join(project.folder, PROJECT_FILES.imports), found) : found
    const how = isInside(join(project.folder, PROJECT_FILES.imports), found) ? 'uploaded' : 'imported'
    const record = await addDataset(project, { path, description, provenance: { how, from: [asked] } })
    return { path: asked, dataset: await describeDataset(project, record, descriptions) }
  } catch (error) {
    if (!isAppError(error) && serializeError(error).tag === 'Internal') throw error
    return { path: asked, error: serializeError(error).message }
  }
}

/** A copy under a name that is free, never half there. A file system that can shares the blocks. */
async function copyInto(folder: string, path: string): Promise<string> {
  await makeFolder(folder)
  const target = join(folder, await freeName(folder, basename(path)))
  const partial = temporaryName(target)
  try {
    await copyFile(path, partial, constants.COPYFILE_FICLONE)
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  return target
}

/** The card of a dataset; one whose file is gone keeps what was known of it. */
export async function describeDataset(project: OpenProject, record: DatasetRecord, descriptions: DescriptionStore): Promise<Dataset> {
  const absolutePath = project.path(record.path)
  const summary = await summarizeDataset(project, record)
  const common = { ...summary, absolutePath, ...(record.recommendedLevel !== undefined && { recommendedLevel: record.recommendedLevel }) }
  if (summary.missing) return { ...common, fields: originRows(record), repairs: [`${absolutePath} is not there any more: give its new place, or remove it from the project`] }
  const description = await descriptions.describe(absolutePath)
  const { images, histogram } = description
  await renew(project, record, description, summary.bytes)
  return {
    ...common,
    kind: description.kind,
    summary: description.summary,
    warnings: description.repairs.length,
    fields: [...description.fields, ...originRows(record)],
    repairs: [...description.repairs],
    ...(histogram && { histogram }),
    ...(images && { images: { ...images, imagesUrl: `/bytes/images?path=${encodeURIComponent(record.path)}` } }),
  }
}

/** The list shows what the file is now, also when another program wrote it again. */
async function renew(project: OpenProject, record: DatasetRecord, description: FileDescription, bytes: number): Promise<void> {
  const facts = readFacts(description, bytes)
  const same = record.kind === facts.kind && record.summary === facts.summary && record.warnings === facts.warnings && record.bytes === facts.bytes
  if (!same && !project.readOnly) await changeDataset(project, record.id, (old) => ({ ...old, ...facts }))
}

const ORIGINS: Readonly<Record<DatasetRecord['provenance']['how'], string>> = {
  imported: 'imported from',
  uploaded: 'uploaded',
  emdb: 'downloaded from EMDB',
  phantom: 'made here',
  flipped: 'made here from',
  difference: 'made here from',
}

function originRows({ provenance, imported }: DatasetRecord): Dataset['fields'] {
  const { how, from, text } = provenance
  const places = how === 'uploaded' || from.length === 0 ? '' : ` ${from.join(' and ')}`
  return [{ name: 'Origin of the file', value: `${ORIGINS[how]}${places}, ${imported.slice(0, 10)}`, ...(text !== undefined && { note: text }) }]
}

function article(kind: Dataset['kind']): string {
  return { map: 'a map', stack: 'an image stack', particles: 'a list of particles', moments: 'moments' }[kind]
}
