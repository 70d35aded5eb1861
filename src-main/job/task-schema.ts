import { z } from 'zod'
import type { CatalogEntry } from '#task/catalog.ts'
import { outputSettings } from './path-settings.ts'

type Property = Readonly<Record<string, unknown>> & { readonly help?: string; readonly default?: unknown; readonly properties?: unknown }

/**
 * A task's settings as JSON Schema made from its zod object: `title`, `description` (the help), `unit`, `group`,
 * `advanced`, and `file` (map, particles, moments or views) where a setting names one. Without what only a command line
 * needs to be told: where results are written.
 */
export function taskSchema({ id, settings }: CatalogEntry): { schema: Record<string, unknown>; defaults: Record<string, unknown> } {
  const { $schema: _schema, ...schema } = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown> & { properties?: Record<string, Property>; required?: string[] }
  const hidden = outputSettings(id)
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).flatMap(([key, property]) => (hidden.includes(key) ? [] : [[key, described(property)]])))
  const defaults = Object.fromEntries(Object.entries(properties).flatMap(([key, property]) => (property.default === undefined ? [] : [[key, property.default]])))
  return { schema: { ...schema, properties, required: (schema.required ?? []).filter((key) => !hidden.includes(key)) }, defaults }
}

function described(property: Property): Property {
  const { help, ...rest } = property
  return help === undefined ? rest : { ...rest, description: help }
}
