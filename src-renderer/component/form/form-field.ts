import { z } from 'zod'

const plain = z.union([z.string(), z.number(), z.boolean()])

/** As much of JSON Schema as tasks use; whatever else a schema says is left to `task.check`. */
const propertySchema = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  help: z.string().optional(),
  unit: z.string().optional(),
  group: z.string().optional(),
  advanced: z.boolean().optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  enum: z.array(plain).optional(),
  /** A file: what it holds (map, particles, moments), or `output` where it is written by the task. */
  file: z.string().optional(),
  get anyOf() {
    return z.array(propertySchema).optional()
  },
  get items() {
    return propertySchema.optional()
  },
  get properties() {
    return z.record(z.string(), propertySchema).optional()
  },
})
type Property = z.infer<typeof propertySchema>

const objectSchema = z.object({ properties: z.record(z.string(), propertySchema).default({}), required: z.array(z.string()).default([]) })

export type FieldKind = 'number' | 'integer' | 'text' | 'choice' | 'switch' | 'numbers' | 'texts' | 'path' | 'number-or-text'
export type PathKind = 'map' | 'stack' | 'particles' | 'moments'

/** One setting of a task as a row of its form. */
export interface FormField {
  /** Where the value goes in the settings: nested settings have more than one part. */
  readonly path: readonly string[]
  /** `path` in one word, as a key. */
  readonly key: string
  readonly title: string
  readonly help: string
  readonly unit: string
  readonly group: string
  readonly advanced: boolean
  readonly required: boolean
  readonly kind: FieldKind
  readonly default: unknown
  readonly minimum?: number
  readonly maximum?: number
  /** The bounds themselves are not allowed. */
  readonly open: { readonly minimum: boolean; readonly maximum: boolean }
  readonly choices: readonly string[]
  readonly accepts: readonly PathKind[]
}

const PATH_KINDS: readonly PathKind[] = ['map', 'stack', 'particles', 'moments']
const NO_GROUP = 'Settings'

/** The fields of a task's form, in the schema's order. **Errors**: a ZodError where it is no schema of an object. */
export function fieldsOf(schema: unknown, defaults: Readonly<Record<string, unknown>> = {}): FormField[] {
  return collect(objectSchema.parse(schema), defaults, [])
}

/** Fields by group, groups in the order in which they first come. */
export function groupsOf(fields: readonly FormField[]): { readonly title: string; readonly fields: readonly FormField[] }[] {
  const groups = new Map<string, FormField[]>()
  for (const field of fields) {
    const group = groups.get(field.group)
    if (group) group.push(field)
    else groups.set(field.group, [field])
  }
  return [...groups].map(([title, members]) => ({ title, fields: members }))
}

function collect(object: z.infer<typeof objectSchema>, defaults: Readonly<Record<string, unknown>>, parents: readonly string[]): FormField[] {
  return Object.entries(object.properties).flatMap(([name, property]) => {
    const path = [...parents, name]
    // Where a job writes is settled by its folder.
    if (property.file === 'output') return []
    const preset = defaults[name] ?? property.default
    if (property.properties) return collect(objectSchema.parse(property), isRecord(preset) ? preset : {}, path)
    return [fieldOf(property, { path, preset, required: object.required.includes(name) && preset === undefined })]
  })
}

function fieldOf(property: Property, known: { readonly path: readonly string[]; readonly preset: unknown; readonly required: boolean }): FormField {
  const accepts = acceptsOf(property)
  return {
    path: known.path,
    key: known.path.join('.'),
    title: property.title ?? known.path.at(-1) ?? '',
    help: property.description ?? property.help ?? '',
    unit: property.unit ?? '',
    group: property.group ?? NO_GROUP,
    advanced: property.advanced ?? false,
    required: known.required,
    kind: accepts.length > 0 ? 'path' : kindOf(property),
    default: known.preset,
    minimum: property.minimum ?? property.exclusiveMinimum,
    maximum: property.maximum ?? property.exclusiveMaximum,
    open: { minimum: property.minimum === undefined && property.exclusiveMinimum !== undefined, maximum: property.maximum === undefined && property.exclusiveMaximum !== undefined },
    choices: (property.enum ?? []).map(String),
    accepts,
  }
}

function kindOf(property: Property): FieldKind {
  if (property.enum) return 'choice'
  if (property.anyOf) return property.anyOf.some((one) => one.type === 'string') ? 'number-or-text' : 'number'
  if (property.type === 'boolean') return 'switch'
  if (property.type === 'array') return property.items?.type === 'string' ? 'texts' : 'numbers'
  if (property.type === 'integer') return 'integer'
  if (property.type === 'number') return 'number'
  return 'text'
}

function acceptsOf(property: Property): PathKind[] {
  return PATH_KINDS.filter((kind) => kind === property.file)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
