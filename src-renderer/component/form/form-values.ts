import type { FormField } from './form-field.ts'

/** What a form holds: one value a field by its key; `undefined` where nothing was given. */
export type FormValues = Readonly<Record<string, unknown>>

/** A form at its defaults, with the given settings (of an earlier job) laid over them. */
export function valuesOf(fields: readonly FormField[], settings: Readonly<Record<string, unknown>> = {}): FormValues {
  return Object.fromEntries(fields.map((field) => [field.key, at(settings, field.path) ?? field.default]))
}

/** The settings a form stands for: what was given and differs from its default; the service fills in the rest. */
export function settingsOf(fields: readonly FormField[], values: FormValues): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values[field.key]
    if (value !== undefined && value !== '' && !isDefault(field, value)) put(settings, field.path, value)
  }
  return settings
}

/** The value is what the form starts with. Nothing counts as the default of a field that has none. */
export function isDefault(field: FormField, value: unknown): boolean {
  return JSON.stringify(value === '' ? undefined : value) === JSON.stringify(field.default)
}

/** Text of a list ("0.5, 0.72, 1") to its values; `undefined` where nothing is written, `null` where it is no list of numbers. */
export function parseNumbers(text: string): number[] | undefined | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  if (parts.length === 0) return undefined
  const numbers = parts.map(Number)
  return numbers.every(Number.isFinite) ? numbers : null
}

function at(settings: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], settings)
}

function put(settings: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let target = settings
  for (const name of path.slice(0, -1)) target = (target[name] ??= {}) as Record<string, unknown>
  target[path.at(-1)!] = value
}
