import { z } from 'zod'
import { base, done, nothing, pathSchema } from './base.ts'

export const fileEntrySchema = z.object({
  name: z.string(),
  path: pathSchema,
  kind: z.enum(['folder', 'project', 'map', 'stack', 'star', 'moments', 'other']),
  bytes: z.number(),
  modified: z.string(),
})
export type FileEntry = z.infer<typeof fileEntrySchema>

export const file = {
  /** Where browsing may begin: the allowed roots of a server, home and recent places on a desktop. */
  roots: base.input(nothing).output(z.array(z.object({ name: z.string(), path: pathSchema }))),
  list: base
    .input(z.strictObject({ folder: pathSchema }))
    .output(z.object({ folder: pathSchema, parent: pathSchema.nullable(), entries: z.array(fileEntrySchema), truncated: z.boolean() })),
  makeFolder: base.input(z.strictObject({ parent: pathSchema, name: z.string().min(1).max(255) })).output(z.object({ path: pathSchema })),
  /** The system's own dialog; only with the capability `pickPath`. Empty when the user closed it. */
  pick: base
    .input(z.strictObject({ what: z.enum(['import', 'project', 'new-project']), multiple: z.boolean().default(false) }))
    .output(z.object({ paths: z.array(pathSchema) })),
  /** Shows a file in the system's file manager; only with the capability `reveal`. */
  reveal: base.input(z.strictObject({ path: pathSchema })).output(done),
}
