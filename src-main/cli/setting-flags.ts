import { z, type ZodObject } from 'zod'
import { AppError } from '#core/error.ts'

/** One setting as a flag of the command line. */
export interface SettingFlag {
  /** Where the value goes in the settings object. */
  readonly path: readonly string[]
  /** `--kebab-case` */
  readonly flag: string
  /** What a form calls it. */
  readonly title: string
  readonly kind: 'number' | 'integer' | 'text' | 'switch' | 'numbers' | 'texts' | 'number-or-text'
  readonly required: boolean
  /** A switch that is on unless it is turned off. */
  readonly on: boolean
  readonly choices: readonly string[]
  /** Where it is not given. */
  readonly default: unknown
  readonly help: string
  readonly group: string
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly help?: string
  readonly unit?: string
  readonly group?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** The flags of a task: one for each setting, nested settings with their parent's name in front. */
export function settingFlags(settings: ZodObject): SettingFlag[] {
  const schema = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as Schema
  return flagsOf(schema, [])
}

/** Text of a flag to the value the schema expects; `undefined` where it is left to the schema's default. */
export function parseFlag(flag: SettingFlag, value: string | boolean): unknown {
  if (flag.kind === 'switch') return value
  const text = String(value)
  switch (flag.kind) {
    case 'integer':
    case 'number':
      return parseNumber(flag, text)
    case 'numbers':
      return text.split(',').map((part) => parseNumber(flag, part))
    case 'texts':
      return text.split(',')
    case 'number-or-text': {
      const number = Number(text)
      return text.trim() === '' || Number.isNaN(number) ? text : number
    }
    case 'text':
      return text
  }
}

function parseNumber(flag: SettingFlag, text: string): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) throw new AppError('InvalidInput', `${flag.flag} takes a number, not "${text}"`)
  if (flag.kind === 'integer' && !Number.isInteger(number)) throw new AppError('InvalidInput', `${flag.flag} takes a whole number, not ${text}`)
  return number
}

function flagsOf(schema: Schema, parents: readonly string[]): SettingFlag[] {
  const flags: SettingFlag[] = []
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const path = [...parents, key]
    if (property.properties) {
      flags.push(...flagsOf(property, path))
      continue
    }
    flags.push({
      path,
      flag: `--${path.map(kebab).join('-')}`,
      title: property.title ?? path.join(' '),
      kind: kindOf(property),
      required: (schema.required ?? []).includes(key) && parents.length === 0,
      on: property.default === true,
      choices: choicesOf(property),
      default: property.default,
      help: helpOf(property),
      group: property.group ?? 'Settings',
    })
  }
  return flags
}

function kindOf(schema: Schema): SettingFlag['kind'] {
  const types = typesOf(schema)
  if (types.has('array')) return typesOf(schema.items ?? (schema.anyOf ?? []).find((option) => option.type === 'array')?.items ?? {}).has('string') ? 'texts' : 'numbers'
  if (types.has('boolean')) return 'switch'
  const isNumber = types.has('number') || types.has('integer')
  if (isNumber && types.has('string')) return 'number-or-text'
  if (types.has('number')) return 'number'
  return types.has('integer') ? 'integer' : 'text'
}

function typesOf(schema: Schema): Set<string> {
  const own = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  const all = [...own, ...(schema.anyOf ?? []).flatMap((option) => [...typesOf(option)])]
  return new Set(all.filter((type) => type !== 'null'))
}

function choicesOf(schema: Schema): string[] {
  const own = schema.enum ?? (schema.const === undefined ? [] : [schema.const])
  return [...own, ...(schema.anyOf ?? []).flatMap(choicesOf)].filter((choice) => choice !== null).map(String)
}

function helpOf(schema: Schema): string {
  const range = rangeOf(schema)
  const choices = choicesOf(schema)
  const notes = [
    schema.unit,
    range,
    choices.length > 0 && !typesOf(schema).has('boolean') ? (range || kindOf(schema) === 'number-or-text' ? `or ${choices.join(', ')}` : choices.join(', ')) : undefined,
    schema.default === undefined || schema.default === null || typeof schema.default === 'boolean' ? undefined : `default ${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}`,
  ].filter((note) => note !== undefined && note !== '')
  const text = (schema.help ?? schema.title ?? '').replace(/\.$/, '')
  return notes.length === 0 ? text : `${text} (${notes.join('; ')})`
}

function rangeOf(schema: Schema): string | undefined {
  const from = schema.exclusiveMinimum !== undefined ? `above ${schema.exclusiveMinimum}` : finite(schema.minimum) ? `${schema.minimum}` : undefined
  const to = schema.exclusiveMaximum !== undefined ? `below ${schema.exclusiveMaximum}` : finite(schema.maximum) ? `${schema.maximum}` : undefined
  if (from !== undefined && to !== undefined) return schema.exclusiveMinimum === undefined && schema.exclusiveMaximum === undefined ? `${from} to ${to}` : `${from}, ${to}`
  if (from !== undefined) return schema.exclusiveMinimum === undefined ? `at least ${from}` : from
  if (to !== undefined) return schema.exclusiveMaximum === undefined ? `at most ${to}` : to
  return (schema.anyOf ?? []).map(rangeOf).find((range) => range !== undefined)
}

/** zod writes the limits of exact integers where there is no other limit. */
function finite(limit: number | undefined): limit is number {
  return limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER
}

function kebab(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}
