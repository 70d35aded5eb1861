import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { preferencesSchema, type Preferences } from '#contract/settings.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'

/** What a person prefers on this machine: `preferences.json` in the folder of settings. */
export class PreferencesFile {
  private readonly path: string
  private queue: Promise<unknown> = Promise.resolve()

  constructor(configFolder: string) {
    this.path = join(configFolder, 'preferences.json')
  }

  /** Each field that is missing or no longer valid is its default. */
  async read(): Promise<Preferences> {
    let stored: unknown
    try {
      stored = JSON.parse(await readFile(this.path, 'utf8'))
    } catch {
      stored = {} // none yet, or damaged: preferences start again
    }
    const fields = typeof stored === 'object' && stored !== null ? Object.entries(stored as Record<string, unknown>) : []
    const valid = fields.filter(([key, value]) => preferencesSchema.partial().safeParse({ [key]: value }).success)
    return preferencesSchema.parse(Object.fromEntries(valid))
  }

  change(changes: Partial<Preferences>): Promise<Preferences> {
    const changed = this.queue.then(async () => {
      const preferences = preferencesSchema.parse({ ...(await this.read()), ...changes })
      await writeFileAtomic(this.path, `${JSON.stringify(preferences, null, 2)}\n`)
      return preferences
    })
    this.queue = changed.catch(() => undefined)
    return changed
  }
}
