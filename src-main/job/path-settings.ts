import { join } from 'node:path'
import { z } from 'zod'
import { catalog } from '#task/catalog.ts'

type Settings = Readonly<Record<string, unknown>>

/** Where a task writes that has no folder of results: set by whoever runs it in a job's folder. */
const OUTPUTS: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  'estimate-moments': { out: 'moments.h5' },
  align: { out: 'aligned.mrc' },
  fsc: { out: ['fsc.star', 'fsc.xml', 'fsc.csv', 'fsc.svg'] },
}

/** Settings of a task that say where it writes; nobody needs to choose them inside a project. */
export function outputSettings(task: string): readonly string[] {
  return Object.keys(OUTPUTS[task] ?? {})
}

/** The settings with every output in a folder of results. */
export function withOutputs(task: string, settings: Settings, folder: string): Record<string, unknown> {
  const at = (value: string | readonly string[]): unknown => (typeof value === 'string' ? join(folder, value) : value.map((name) => join(folder, name)))
  return { ...settings, ...Object.fromEntries(Object.entries(OUTPUTS[task] ?? {}).map(([key, value]) => [key, at(value)])) }
}

/** The settings with each input file they name put through `change` (`file` in the schema). */
export function withPaths(task: string, settings: Settings, change: (path: string) => string): Record<string, unknown> {
  const files = inputFiles(task, settings)
  return { ...settings, ...Object.fromEntries(files.map((key) => [key, change(settings[key] as string)])) }
}

/** Names of the settings that name an input file here. */
export function inputFiles(task: string, settings: Settings): readonly string[] {
  const entry = catalog.find(({ id }) => id === task)
  const schema = entry ? (z.toJSONSchema(entry.settings, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, { file?: string }> }) : {}
  return Object.entries(schema.properties ?? {}).flatMap(([key, { file }]) => {
    const value = settings[key]
    return file !== undefined && file !== 'output' && typeof value === 'string' && !WORDS.has(value) ? [key] : []
  })
}

/** Values that are no files: `views` takes a word or a file. */
const WORDS: ReadonlySet<string> = new Set(['random', 'uniform'])
