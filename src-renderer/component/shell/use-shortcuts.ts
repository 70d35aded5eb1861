import { useEventListener } from '@vueuse/core'
import { useCommandStore } from '../../store/command.ts'
import { isTyping, strokeOf } from './shortcut.ts'

const SEQUENCE_MILLISECONDS = 1200

/** Hears the shortcuts of every registered command: not while somebody types, and not under an open dialog, menu or list. */
export function useShortcuts(): void {
  const commands = useCommandStore()
  let first: { readonly stroke: string; readonly time: number } | undefined

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    const stroke = strokeOf(event)
    if (!stroke || event.defaultPrevented || event.isComposing) return
    const held = event.ctrlKey || event.metaKey
    if (isTyping(event.target) && !(held && stroke === 'Mod+K')) return
    if (document.querySelector('[role="dialog"][data-state="open"], [role="menu"], [role="listbox"][data-state="open"]') && stroke !== 'Mod+K') return
    const sequence = first && performance.now() - first.time < SEQUENCE_MILLISECONDS ? `${first.stroke} ${stroke}` : undefined
    first = undefined
    const available = commands.available.filter(({ shortcut }) => shortcut)
    const command = available.find(({ shortcut }) => shortcut === sequence) ?? available.find(({ shortcut }) => shortcut === stroke)
    if (command) {
      event.preventDefault()
      void command.run()
    } else if (available.some(({ shortcut }) => shortcut!.startsWith(`${stroke} `))) first = { stroke, time: performance.now() }
  })
}
