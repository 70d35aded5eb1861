import { defineStore } from 'pinia'
import { computed, onScopeDispose, getCurrentScope, shallowReactive } from 'vue'

export interface Command {
  readonly id: string
  readonly title: string
  /** Where it stands in the list of shortcuts and in the palette. */
  readonly group?: string
  /** "Mod+K", "Shift+D", "?", or two strokes "G P"; Mod is Ctrl, or Cmd on a Mac. */
  readonly shortcut?: string
  readonly run: () => unknown
  /** Only then it is listed and its shortcut heard. */
  readonly when?: () => boolean
}

/** Everything that can be done from the palette or by a shortcut. */
export const useCommandStore = defineStore('command', () => {
  const commands = shallowReactive(new Map<string, Command>())
  const available = computed(() => [...commands.values()].filter(({ when }) => when?.() ?? true))

  /** Adds it until what it gives is called, or the component that registered it is gone. */
  function register(command: Command): () => void {
    commands.set(command.id, command)
    const remove = (): void => {
      if (commands.get(command.id) === command) commands.delete(command.id)
    }
    if (getCurrentScope()) onScopeDispose(remove)
    return remove
  }

  return { commands, available, register }
})
