/** One stroke as it is compared: modifiers in a fixed order, then the key; "" for a modifier alone. */
export function strokeOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  if (['Control', 'Meta', 'Shift', 'Alt', 'AltGraph', 'CapsLock', 'Dead', 'Process'].includes(event.key)) return ''
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  // Shift is already in the sign that it makes ("?"), not in letters and named keys.
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key))
  return [event.ctrlKey || event.metaKey ? 'Mod' : '', event.altKey ? 'Alt' : '', shift ? 'Shift' : '', key].filter(Boolean).join('+')
}

const isMac = (): boolean => /mac/i.test(navigator.platform)

/** "Ctrl+K" or "⌘K", "G P". */
export function shortcutText(shortcut: string): string {
  const stroke = (one: string): string => (isMac() ? one.replace('Mod+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥') : one.replace('Mod', 'Ctrl'))
  return shortcut.split(' ').map(stroke).join(' ')
}

/** The keys are for typing here, not for commands. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, [role="textbox"], [role="combobox"], [role="spinbutton"]'))
}
