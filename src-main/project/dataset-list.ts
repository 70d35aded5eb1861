import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '#core/error.ts'
import type { FileDescription } from '../reading/describe-file.ts'
import type { OpenProject } from './open-project.ts'
import type { DatasetRecord, Provenance } from './project-file.ts'

export interface NewDataset {
  /** Absolute. */
  readonly path: string
  readonly name?: string
  readonly description: FileDescription
  readonly provenance: Provenance
  readonly recommendedLevel?: number | undefined
}

/** The dataset of that id. Errors: NotFound. */
export function findDataset(project: OpenProject, id: string): DatasetRecord {
  const found = project.file.datasets.find((dataset) => dataset.id === id)
  if (!found) throw new AppError('NotFound', `there is no dataset "${id}" in this project`, { dataset: id })
  return found
}

/** Adds a dataset, or renews the one that is this file already; gives its record. */
export async function addDataset(project: OpenProject, { path, name, description, provenance, recommendedLevel }: NewDataset): Promise<DatasetRecord> {
  const named = project.nameOf(path)
  const { size } = await stat(path)
  let record: DatasetRecord | undefined
  await project.update((file) => {
    const known = file.datasets.find((dataset) => dataset.path === named)
    record = {
      id: known?.id ?? nextId([...file.datasets, ...file.removed]),
      name: known?.name ?? name ?? basename(path),
      imported: known?.imported ?? new Date().toISOString(),
      path: named,
      provenance: known?.provenance ?? provenance,
      ...readFacts(description, size),
      ...((recommendedLevel ?? known?.recommendedLevel) !== undefined && { recommendedLevel: recommendedLevel ?? known?.recommendedLevel }),
    }
    const datasets = known ? file.datasets.map((dataset) => (dataset === known ? record! : dataset)) : [...file.datasets, record]
    return { ...file, datasets }
  })
  return record!
}

/** Replaces a dataset's record. */
export async function changeDataset(project: OpenProject, id: string, change: (record: DatasetRecord) => DatasetRecord): Promise<DatasetRecord> {
  findDataset(project, id)
  await project.update((file) => ({ ...file, datasets: file.datasets.map((record) => (record.id === id ? change(record) : record)) }))
  return findDataset(project, id)
}

/** Takes a dataset out of the list; its file stays. */
export async function removeDataset(project: OpenProject, id: string): Promise<void> {
  const record = findDataset(project, id)
  await project.update((file) => ({ ...file, datasets: file.datasets.filter((one) => one.id !== id), removed: [...file.removed.filter((one) => one.id !== id), record] }))
}

/** Puts a removed dataset back, in the order of ids. Errors: NotFound; Conflict where its file is in the list by another id. */
export async function restoreDataset(project: OpenProject, id: string): Promise<DatasetRecord> {
  const record = project.file.removed.find((one) => one.id === id)
  if (!record) throw new AppError('NotFound', `there is no removed dataset "${id}" in this project`, { dataset: id })
  const twin = project.file.datasets.find((one) => one.path === record.path)
  if (twin) throw new AppError('Conflict', `${record.path} is in the project already, as "${twin.name}"`, { dataset: twin.id })
  await project.update((file) => ({ ...file, removed: file.removed.filter((one) => one.id !== id), datasets: [...file.datasets, record].sort((a, b) => a.id.localeCompare(b.id)) }))
  return record
}

/** What a record keeps of a file that was read. */
export function readFacts(description: FileDescription, bytes: number): Pick<DatasetRecord, 'kind' | 'summary' | 'warnings' | 'bytes'> {
  return { kind: description.kind, summary: description.summary, warnings: description.repairs.length, bytes }
}

function nextId(records: readonly DatasetRecord[]): string {
  const numbers = records.map(({ id }) => Number(id.slice(1)) || 0)
  return `D${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`
}
