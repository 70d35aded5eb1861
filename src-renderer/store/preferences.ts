import type { Preferences } from '#contract/settings.ts'
import { useMediaQuery } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { api } from '../connection/api.ts'

const THEME_KEY = 'cryomoment-theme'

/** What the person prefers on this machine. The theme is also kept in the page, so that it is there before the service is. */
export const usePreferencesStore = defineStore('preferences', () => {
  const preferences = ref<Preferences>({ theme: keptTheme(), background: 'dark', voxelLimit: 17_000_000 })
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)')
  /** What "system" resolves to. */
  const theme = computed<'light' | 'dark'>(() => {
    const wanted = preferences.value.theme
    return wanted === 'system' ? (systemDark.value ? 'dark' : 'light') : wanted
  })
  watchEffect(() => (document.documentElement.dataset['theme'] = theme.value), { flush: 'sync' })

  async function load(): Promise<void> {
    take(await api().settings.get({}))
  }

  /** Shown at once, then kept by the service; what the service refuses is taken back. */
  async function set(change: Partial<Preferences>): Promise<void> {
    const before = preferences.value
    take({ ...before, ...change })
    try {
      take(await api().settings.set(change))
    } catch (error) {
      take(before)
      throw error
    }
  }

  function take(value: Preferences): void {
    preferences.value = value
    localStorage.setItem(THEME_KEY, value.theme)
  }

  return { preferences, theme, load, set }
})

function keptTheme(): Preferences['theme'] {
  const kept = localStorage.getItem(THEME_KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}
