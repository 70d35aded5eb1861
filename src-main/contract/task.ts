import { z } from 'zod'
import { base, nothing, plainSchema } from './base.ts'

/** A task as data: its settings are JSON Schema made from the one zod schema (title, help as description, `unit`, `group`, `advanced`). */
export const taskSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One sentence: what goes in, what comes out. */
  summary: z.string(),
  schema: plainSchema,
  defaults: plainSchema,
})
export type TaskDescription = z.infer<typeof taskSchema>

export const task = {
  list: base.input(nothing).output(z.array(taskSchema)),
  /** Settings against the schema and its cross-field rules, and the same job as a command line to copy. */
  check: base
    .input(z.strictObject({ task: z.string(), settings: plainSchema, seed: z.int().min(0).max(0xffffffff).optional() }))
    .output(z.object({ problems: z.array(z.object({ path: z.array(z.string()), message: z.string() })), command: z.string() })),
}
