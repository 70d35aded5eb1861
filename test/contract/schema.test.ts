import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getEventIteratorSchemaDetails } from '@orpc/contract'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { contractCalls } from '../support/contract-paths.ts'

const PATH = join(import.meta.dirname, 'api.schema.json')

/** The whole contract as JSON Schema: what any other program would be written against. */
function exportedSchema(): string {
  const jsonSchema = (schema: unknown, io: 'input' | 'output'): unknown => {
    const events = getEventIteratorSchemaDetails(schema as never)
    if (events) return { events: jsonSchema(events.yields, io) }
    return schema instanceof z.ZodType ? z.toJSONSchema(schema, { io, unrepresentable: 'any' }) : null
  }
  const calls = contractCalls().map(({ path, procedure }) => {
    const { inputSchema, outputSchema, errorMap } = procedure['~orpc'] as { inputSchema: unknown; outputSchema: unknown; errorMap: Record<string, { data?: unknown } | undefined> }
    const errors = Object.fromEntries(Object.entries(errorMap).map(([code, error]) => [code, jsonSchema(error?.data, 'output')]))
    return [path, { input: jsonSchema(inputSchema, 'input'), output: jsonSchema(outputSchema, 'output'), errors }] as const
  })
  return `${JSON.stringify(Object.fromEntries(calls), null, 1)}\n`
}

it('is the schema that is checked in (after a wanted change: UPDATE_API_SCHEMA=1 npx vitest run test/contract/schema.test.ts)', () => {
  const schema = exportedSchema()
  if (process.env['UPDATE_API_SCHEMA'] === '1') writeFileSync(PATH, schema)
  expect(schema).toBe(readFileSync(PATH, 'utf8'))
})
