import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { afterSchema, base, done, idSchema, nothing, plainSchema } from './base.ts'

export const jobSummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  task: z.string(),
  /** `queued` waits for its turn; `interrupted` said running but its process is gone. */
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  created: z.string(),
  started: z.string().optional(),
  finished: z.string().optional(),
  fraction: z.number(),
  stage: z.string().optional(),
  secondsLeft: z.number().optional(),
  /** There is a checkpoint (or finished stages) to go on from. */
  resumable: z.boolean(),
  /** One sentence, of a failed job. */
  error: z.string().optional(),
  /** What the table of jobs is sorted by: Angstrom at FSC 0.5 against the truth, else at 0.143 between halves. */
  resolution: z.object({ angstrom: z.number(), shell: z.number(), rule: z.string() }).optional(),
  images: z.number().optional(),
})
export type JobSummary = z.infer<typeof jobSummarySchema>

export const jobSchema = jobSummarySchema.extend({
  /** Relative to the project. */
  folder: z.string(),
  settings: plainSchema,
  seed: z.int(),
  /** The same job on the command line. */
  command: z.string(),
  versions: z.record(z.string(), z.string()),
  backend: z.string().optional(),
  /** The stages begun so far. */
  stages: z.array(z.object({ name: z.string(), seconds: z.number().optional() })),
  /** Every stage, in order, as announced when the first began; some may be left out on the way. */
  planned: z.array(z.string()).optional(),
  /** What the task gave (its JSON summary). */
  summary: z.unknown().optional(),
  warnings: z.array(z.string()),
})
export type Job = z.infer<typeof jobSchema>

/**
 * A kept picture of the work at some step (of its kind, rising). Bytes at `url`: float32, x fastest; shape [x, y, z] of a
 * volume, [x, y] of an image, [columns, rows] of a viewing distribution (a density on the grid of `result.viewing`).
 */
export const previewSchema = z.object({
  step: z.number(),
  what: z.enum(['volume', 'image', 'viewing-distribution']),
  shape: z.array(z.int()),
  time: z.string(),
  url: z.string(),
  /** A, for volumes. */
  voxelSize: z.number().optional(),
})
export type JobPreview = z.infer<typeof previewSchema>

export const metricSchema = z.object({ name: z.string(), step: z.number(), value: z.number().nullable(), unit: z.string().optional() })
export const logLineSchema = z.object({ time: z.string(), level: z.enum(['info', 'warning', 'error']), text: z.string() })

/**
 * What happens in a job, in order. The numbers rise by one within a job and survive a restart of the service; told again,
 * they have gaps where pictures were thinned out. Metrics whose name begins with "FSC" have the Fourier shell as step
 * (one name a curve), others the iteration.
 */
export const jobEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), sequence: z.int(), ...logLineSchema.shape }),
  z.object({ type: z.literal('metric'), sequence: z.int(), ...metricSchema.shape }),
  z.object({ type: z.literal('preview'), sequence: z.int(), preview: previewSchema }),
  z.object({ type: z.literal('state'), sequence: z.int(), job: jobSummarySchema }),
])
export type JobEvent = z.infer<typeof jobEventSchema>

export const submission = z.strictObject({
  task: z.string(),
  settings: plainSchema,
  seed: z.int().min(0).max(0xffffffff).optional(),
  name: z.string().max(200).optional(),
})

export const job = {
  submit: base.input(submission).output(jobSummarySchema),
  list: base.input(nothing).output(z.array(jobSummarySchema)),
  get: base.input(z.strictObject({ id: idSchema })).output(jobSchema),
  /** Answers at once: the job is then `cancelled`, or still `running` until its worker has stopped (1 s at most). */
  cancel: base.input(z.strictObject({ id: idSchema })).output(jobSummarySchema),
  /** The same job goes on from its last checkpoint, in the same folder. */
  resume: base.input(z.strictObject({ id: idSchema })).output(jobSummarySchema),
  rename: base.input(z.strictObject({ id: idSchema, name: z.string().min(1).max(200) })).output(jobSummarySchema),
  /** Moves the job's folder to the project's trash; `restore` undoes it. A running job's is refused. */
  remove: base.input(z.strictObject({ id: idSchema })).output(done),
  restore: base.input(z.strictObject({ id: idSchema })).output(jobSummarySchema),
  /** A queued job's place: before another, or last. */
  reorder: base.input(z.strictObject({ id: idSchema, before: idSchema.nullable() })).output(z.array(jobSummarySchema)),
  /** Everything after `after` from the job's folder, then what happens; ends when the job has ended and all was told. */
  follow: base.input(z.strictObject({ id: idSchema, after: afterSchema })).output(eventIterator(jobEventSchema)),
  previews: base.input(z.strictObject({ id: idSchema })).output(z.array(previewSchema)),
}
