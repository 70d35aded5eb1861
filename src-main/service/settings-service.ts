import type { Preferences } from '#contract/settings.ts'
import type { PreferencesFile } from '../project/preferences-file.ts'
import { implementer } from './implementer.ts'

/** Preferences of the person on this machine. */
export function settingsService(preferences: PreferencesFile) {
  const { settings } = implementer
  return settings.router({
    get: settings.get.handler(() => preferences.read()),
    set: settings.set.handler(({ input }) => preferences.change(input as Partial<Preferences>)),
  })
}
