import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { afterSchema, base, done, nothing, pathSchema, plainSchema } from './base.ts'
import { datasetSummarySchema } from './dataset.ts'
import { jobSummarySchema, submission } from './job.ts'

export const lockSchema = z.object({
  /** user@host of the process that may write. */
  holder: z.string(),
  pid: z.int(),
  since: z.string(),
  /** The lock is this service's own: it may write. */
  mine: z.boolean(),
})

export const projectSchema = z.object({
  folder: pathSchema,
  name: z.string(),
  created: z.string(),
  lock: lockSchema,
  /** Another program holds the lock: everything can be looked at, nothing changed. */
  readOnly: z.boolean(),
  datasets: z.array(datasetSummarySchema),
  jobs: z.array(jobSummarySchema),
  /** What the page wants to find again (selection, levels, camera); autosaved, opaque to the services. */
  view: plainSchema,
  /** Jobs found running whose process was gone when the project was opened; they offer resume. */
  interrupted: z.array(z.string()),
  /** Jobs made ready, to be submitted as they are with one click (the demo has one). */
  prepared: z.array(submission),
})
export type Project = z.infer<typeof projectSchema>

export const recentProjectSchema = z.object({ folder: pathSchema, name: z.string(), opened: z.string(), exists: z.boolean() })
export type RecentProject = z.infer<typeof recentProjectSchema>

/** One project is open in a service at a time; every page connected to it sees the same one. */
export const project = {
  recent: base.input(nothing).output(z.array(recentProjectSchema)),
  forget: base.input(z.strictObject({ folder: pathSchema })).output(done),
  create: base.input(z.strictObject({ folder: pathSchema, name: z.string().min(1).max(200) })).output(projectSchema),
  /** `takeOver`: take the lock from a holder that is gone or that the user overrules. */
  open: base.input(z.strictObject({ folder: pathSchema, takeOver: z.boolean().default(false) })).output(projectSchema),
  /** Makes (or opens again) the demo project: the built-in map imported, and a finished or ready-to-run demo job. */
  openDemo: base.input(nothing).output(projectSchema),
  close: base.input(nothing).output(done),
  describe: base.input(nothing).output(projectSchema.nullable()),
  rename: base.input(z.strictObject({ name: z.string().min(1).max(200) })).output(projectSchema),
  /** Moves the folder to the trash (the system's where there is one, else `.trash` beside it) and says where it lies. */
  trash: base.input(z.strictObject({ folder: pathSchema })).output(z.object({ trashedTo: z.string() })),
  saveView: base.input(z.strictObject({ view: plainSchema })).output(done),
  /** The whole project first (or null when none is open), then again whenever something in it changes (at most 4 a second). */
  watch: base.input(z.strictObject({ after: afterSchema })).output(eventIterator(z.object({ sequence: z.int(), project: projectSchema.nullable() }))),
}
