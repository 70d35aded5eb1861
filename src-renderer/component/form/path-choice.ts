import type { DatasetSummary } from '#contract/dataset.ts'
import type { JobSummary } from '#contract/job.ts'
import type { Result } from '#contract/result.ts'
import type { PathKind } from './form-field.ts'

/** A file of the project that a setting may point at. */
export interface PathChoice {
  readonly path: string
  readonly label: string
  readonly kind: PathKind
  readonly from: 'dataset' | 'result'
}

/** The project's datasets that are where they should be. A STAR file and a stack are both particles to a task. */
export function datasetChoices(datasets: readonly DatasetSummary[]): PathChoice[] {
  return datasets.filter((dataset) => !dataset.missing).map((dataset) => ({ path: dataset.path, label: `${dataset.name} (${dataset.summary})`, kind: dataset.kind, from: 'dataset' }))
}

/** What a job made that another task can begin with: its maps, and its particles and moments by their files' endings. */
export function resultChoices(job: JobSummary, result: Result): PathChoice[] {
  const maps = result.maps.map((map): PathChoice => ({ path: map.path, label: `${job.name} (${job.id}): ${map.title}`, kind: 'map', from: 'result' }))
  const files = result.files.flatMap((file): PathChoice[] => {
    const kind = kindByName(file.name)
    const path = pathOfUrl(file.downloadUrl)
    return kind && path ? [{ path, label: `${job.name} (${job.id}): ${file.name}`, kind, from: 'result' }] : []
  })
  return [...maps, ...files]
}

/** Choices that fit a field, each path once; a stack is accepted where particles are. */
export function fitting(choices: readonly PathChoice[], accepts: readonly PathKind[]): PathChoice[] {
  const seen = new Set<string>()
  return choices.filter((choice) => {
    const fits = accepts.includes(choice.kind) || (choice.kind === 'stack' && accepts.includes('particles'))
    if (!fits || seen.has(choice.path)) return false
    seen.add(choice.path)
    return true
  })
}

function kindByName(name: string): PathKind | undefined {
  if (/(^|\/)(?!fsc)[^/]*particles?[^/]*\.star$/i.test(name) || /(^|\/)poses\.star$/i.test(name)) return 'particles'
  if (/\.mrcs$/i.test(name)) return 'stack'
  if (/\.(h5|hdf5)$/i.test(name)) return 'moments'
  return undefined
}

function pathOfUrl(url: string): string | undefined {
  return new URL(url, 'http://localhost').searchParams.get('path') ?? undefined
}
