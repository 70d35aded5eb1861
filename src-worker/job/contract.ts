import { z } from 'zod'

/**
 * The worker contract: everything that passes between whoever started a job and the process that does it. Both ends
 * validate with these schemas. Additions keep the number; a change of meaning raises it.
 */
export const PROTOCOL = 1

const plainRecord = z.record(z.string(), z.unknown())

export const serializedErrorSchema = z.strictObject({
  tag: z.enum(['InvalidInput', 'UnsupportedFormat', 'ShapeMismatch', 'NotFound', 'Conflict', 'Cancelled', 'Unavailable', 'Internal']),
  message: z.string(),
  fields: plainRecord,
  stack: z.string().optional(),
  get cause() {
    return serializedErrorSchema.optional()
  },
})

/** To the worker. Unknown keys are errors. */
export const commandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    protocol: z.literal(PROTOCOL),
    jobId: z.string().min(1),
    task: z.string().min(1),
    settings: plainRecord,
    seed: z.int().min(0).max(0xffffffff),
    /** The job's folder; tasks that write only where their settings say run without one. */
    folder: z.string().min(1).optional(),
    /** Compute threads; default: the cores there are. */
    threads: z.int().min(0).optional(),
    /** The folder of states (`checkpoint`) that an earlier run of the same job left: it goes on from them. */
    resumeFrom: z.string().min(1).optional(),
  }),
  z.strictObject({ type: z.literal('cancel'), reason: z.string() }),
])
export type Command = z.infer<typeof commandSchema>
export type StartCommand = Extract<Command, { type: 'start' }>

const envelope = {
  jobId: z.string().min(1),
  /** 1, 2, 3, … without a gap. */
  sequence: z.int().min(1),
  /** Milliseconds since 1970. */
  time: z.number(),
}

/** From the worker. Exactly one of the last three comes, and it comes last. */
export const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), ...envelope, protocol: z.literal(PROTOCOL), backend: z.string(), device: z.string() }),
  z.strictObject({
    type: z.literal('stage'),
    ...envelope,
    name: z.string(),
    index: z.int().min(0),
    count: z.int().min(1),
    /** Every stage of the job, in order: those to come may be told before they begin. */
    names: z.array(z.string()).optional(),
    /** Share of the whole job. */
    weight: z.number().min(0).max(1),
  }),
  z.strictObject({
    type: z.literal('progress'),
    ...envelope,
    /** Of the whole job; absolute, never falling, below 1: only `succeeded` means 1. */
    fraction: z.number().min(0).lt(1),
    message: z.string().optional(),
    secondsLeft: z.number().min(0).optional(),
  }),
  z.strictObject({ type: z.literal('log'), ...envelope, level: z.enum(['info', 'warning', 'error']), text: z.string(), fields: plainRecord.optional() }),
  z.strictObject({
    type: z.literal('metric'),
    ...envelope,
    name: z.string(),
    step: z.number(),
    /** null where the value is not finite: JSON has no NaN. */
    value: z.number().nullable(),
    unit: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('preview'),
    ...envelope,
    step: z.number(),
    what: z.enum(['volume', 'image', 'viewing-distribution']),
    shape: z.array(z.int().min(1).max(128)).min(1).max(3),
    bytes: z.instanceof(Float32Array),
    /** A, of volumes. */
    voxelSize: z.number().positive().optional(),
  }),
  z.strictObject({ type: z.literal('checkpoint'), ...envelope, step: z.int().min(0), path: z.string() }),
  z.strictObject({ type: z.literal('artifact'), ...envelope, role: z.string(), path: z.string(), summary: plainRecord.optional() }),
  z.strictObject({ type: z.literal('succeeded'), ...envelope, summary: z.unknown() }),
  z.strictObject({ type: z.literal('failed'), ...envelope, error: serializedErrorSchema, lastCheckpoint: z.string().optional() }),
  z.strictObject({ type: z.literal('cancelled'), ...envelope, lastCheckpoint: z.string().optional() }),
])
export type JobEvent = z.infer<typeof eventSchema>

/** An event before the runner has put job id, sequence and time on it. */
export type EventBody = JobEvent extends infer E ? (E extends JobEvent ? Omit<E, keyof typeof envelope> : never) : never

export function isTerminal(event: { readonly type: JobEvent['type'] }): boolean {
  return event.type === 'succeeded' || event.type === 'failed' || event.type === 'cancelled'
}
