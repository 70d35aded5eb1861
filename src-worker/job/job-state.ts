import { z } from 'zod'
import { serializedErrorSchema } from './contract.ts'

const common = {
  version: z.literal(1),
  jobId: z.string(),
  task: z.string(),
  /** The process that writes this folder; the job is interrupted when it says running and the process is gone. */
  writerPid: z.int(),
  /** ISO 8601. */
  updated: z.string(),
  /** What computed: recorded because results agree exactly only on the same one. */
  backend: z.string().optional(),
  device: z.string().optional(),
  /** The stages begun so far, and how long those took that are over. */
  stages: z.array(z.strictObject({ name: z.string(), seconds: z.number().optional() })).optional(),
  /** Every stage that was announced, in order. */
  planned: z.array(z.string()).optional(),
}
const finished = {
  started: z.string(),
  finished: z.string(),
  /** How far it had come. */
  fraction: z.number().optional(),
  stage: z.string().optional(),
}

/** What `state.json` holds: one of the five states, and only what belongs to it. */
export const jobStateSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('pending'), ...common }),
  z.strictObject({ state: z.literal('running'), ...common, started: z.string(), fraction: z.number(), stage: z.string().optional() }),
  z.strictObject({ state: z.literal('succeeded'), ...common, ...finished, summary: z.unknown() }),
  z.strictObject({
    state: z.literal('failed'),
    ...common,
    ...finished,
    error: serializedErrorSchema,
    /** Where the worker ended without a word of its own. */
    exitCode: z.int().nullable().optional(),
    signal: z.string().nullable().optional(),
    lastCheckpoint: z.string().optional(),
  }),
  z.strictObject({
    state: z.literal('cancelled'),
    ...common,
    ...finished,
    /** It did not stop within the grace time and was ended by force. */
    killed: z.boolean(),
    /** Nobody wanted that: the service closed, or was gone when the job was found again. */
    interrupted: z.boolean().optional(),
    lastCheckpoint: z.string().optional(),
  }),
])
export type JobState = z.infer<typeof jobStateSchema>

/** What `job.json` holds: enough to do the job again. */
export const jobRequestSchema = z.strictObject({
  version: z.literal(1),
  jobId: z.string(),
  task: z.string(),
  /** What a person calls it. */
  name: z.string().optional(),
  settings: z.record(z.string(), z.unknown()),
  seed: z.int().min(0).max(0xffffffff),
  threads: z.int().min(0).optional(),
  created: z.string(),
  commandLine: z.array(z.string()).optional(),
  workingFolder: z.string(),
  versions: z.record(z.string(), z.string()),
})
export type JobRequestRecord = z.infer<typeof jobRequestSchema>
