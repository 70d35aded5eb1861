/** One setting of two jobs. */
export interface SettingRow {
  readonly key: string
  readonly left: unknown
  readonly right: unknown
  readonly different: boolean
}

/** Settings of two jobs side by side by their flattened names, in the order of the first, then what only the second has. */
export function compareSettings(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): SettingRow[] {
  const first = flatten(left)
  const second = flatten(right)
  return [...new Set([...first.keys(), ...second.keys()])].map((key) => {
    const a = first.get(key)
    const b = second.get(key)
    return { key, left: a, right: b, different: JSON.stringify(a) !== JSON.stringify(b) }
  })
}

/** A setting as a person reads it; `absent` where it has no value. */
export function settingText(value: unknown, absent: string): string {
  if (value === undefined || value === null || value === '') return absent
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.length === 0 ? absent : value.map((one) => settingText(one, absent)).join(', ')
  if (typeof value === 'number') return Number.isInteger(value) ? value.toLocaleString('en-GB') : String(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string)
}

function flatten(settings: Readonly<Record<string, unknown>>, prefix = ''): Map<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) for (const [key, inner] of flatten(value as Record<string, unknown>, `${prefix}${name}.`)) flat.set(key, inner)
    else flat.set(`${prefix}${name}`, value)
  }
  return flat
}
