/** Truth grey, result yellow; they hold on both backgrounds. */
export const ROLE_COLORS = { truth: '#a7b0b9', result: '#e6c03f' } as const

export const OTHER_COLORS = ['#7fb2d6', '#d98b6f', '#8cc79b', '#b79ad8', '#d3a3b8', '#9fa8da'] as const

/** Behind the maps. */
export const BACKGROUNDS = { dark: '#0e1216', light: '#ffffff' } as const

export type MapRole = 'truth' | 'result' | 'other'

/** What a map gets that nobody has coloured yet; `index` counts the others. */
export function colorOfRole(role: MapRole, index: number): string {
  return role === 'other' ? OTHER_COLORS[index % OTHER_COLORS.length]! : ROLE_COLORS[role]
}

/** Whether a colour is one that maps get by themselves. */
export function isOtherColor(color: string): boolean {
  return (OTHER_COLORS as readonly string[]).includes(color)
}

/**
 * The colours of maps shown together, in order: one that was given (not chosen by hand) while a map was alone gives way to
 * its role, and to the first free one where another map has it already.
 */
export function colorsTogether(maps: readonly { readonly role: MapRole; readonly color: string }[]): string[] {
  const taken = new Set<string>()
  return maps.map(({ role, color }) => {
    let own = color
    if (isOtherColor(color)) {
      if (role !== 'other') own = ROLE_COLORS[role]
      else if (taken.has(color)) own = OTHER_COLORS.find((one) => !taken.has(one)) ?? color
    }
    taken.add(own)
    return own
  })
}
