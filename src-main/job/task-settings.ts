import { AppError } from '#core/error.ts'
import { catalog, type CatalogEntry } from '#task/catalog.ts'
import { settingFlags } from '../cli/setting-flags.ts'
import { settingsSentence } from '../cli/settings-sentence.ts'

/** A task of the catalogue; `NotFound` where there is none of that name. */
export function findTask(task: string): CatalogEntry {
  const entry = catalog.find(({ id }) => id === task)
  if (!entry) throw new AppError('NotFound', `there is no task "${task}"; there are: ${catalog.map(({ id }) => id).join(', ')}`, { task })
  return entry
}

/** Settings as the task's schema gives them back, defaults filled in; `InvalidInput`, one sentence with the setting's title, where it refuses them. */
export function parseTaskSettings(task: string, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entry = findTask(task)
  const parsed = entry.settings.safeParse(settings)
  if (parsed.success) return parsed.data
  const flags = settingFlags(entry.settings).map((flag) => ({ ...flag, flag: flag.title }))
  throw new AppError('InvalidInput', settingsSentence(parsed.error, flags, settings), { task, field: parsed.error.issues[0]?.path.join('.') })
}
