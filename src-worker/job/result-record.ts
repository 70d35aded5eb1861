import { z } from 'zod'

const matrix = z.array(z.number()).length(9)

/** Name of the record in a job's folder of results. */
export const RESULT_RECORD = 'result.json'

/**
 * What a task leaves to be judged, as data: `result/result.json`. Files are named relative to the folder of results, so
 * that a job's folder can be moved; absolute only where they are somebody else's.
 */
export const resultRecordSchema = z.object({
  version: z.literal(1),
  /** Maps that came out, best first. */
  maps: z.array(z.object({ role: z.string(), title: z.string(), file: z.string() })),
  fsc: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** Which of RELION's columns it fills. */
      kind: z.enum(['plain', 'unmasked', 'masked', 'corrected', 'randomized']),
      boxSize: z.int(),
      /** A */
      voxelSize: z.number(),
      correlation: z.array(z.number()),
      /** 5th and 95th percentile. */
      band: z.object({ lower: z.array(z.number()), upper: z.array(z.number()) }).optional(),
      /** The one that counts for what it compares: 0.5 with a truth, 0.143 between halves. */
      threshold: z.number(),
    }),
  ),
  alignment: z
    .object({
      rotation: matrix,
      rotationDegrees: z.number(),
      /** A */
      shift: z.array(z.number()).length(3),
      mirrored: z.boolean(),
      correlation: z.number(),
      correlationOtherHand: z.number(),
      before: z.string().optional(),
      after: z.string().optional(),
      truth: z.string().optional(),
    })
    .optional(),
  /** Density on the sphere, rows of polar angle, columns of azimuth, in the truth's frame where there is one. */
  viewing: z.object({ rows: z.int(), columns: z.int(), density: z.array(z.number()), truth: z.array(z.number()).optional() }).optional(),
  residuals: z.array(z.object({ title: z.string(), rows: z.array(z.string()), columns: z.array(z.string()), values: z.array(z.array(z.number().nullable())) })),
  starts: z.array(z.object({ name: z.string(), score: z.number().nullable(), agreementShell: z.number().nullable() })),
  numbers: z.array(z.object({ name: z.string(), value: z.string(), help: z.string().optional() })),
})
export type ResultRecord = z.infer<typeof resultRecordSchema>
