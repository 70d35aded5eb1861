import { z } from 'zod'
import { base, idSchema, pathSchema } from './base.ts'

export const fscCurveSchema = z.object({
  /** unmasked, masked, half-maps, against-truth, … */
  id: z.string(),
  title: z.string(),
  /** 1/A, shell 0 first. */
  frequency: z.array(z.number()),
  correlation: z.array(z.number()),
  /** 90 % band, where it was estimated. */
  band: z.object({ lower: z.array(z.number()), upper: z.array(z.number()) }).optional(),
  resolutions: z.array(z.object({ threshold: z.number(), shell: z.number(), angstrom: z.number().nullable(), crossed: z.boolean(), rule: z.string() })),
})
export type FscCurveDescription = z.infer<typeof fscCurveSchema>

const matrix = z.array(z.number()).length(9)

export const resultSchema = z.object({
  job: idSchema,
  /** Maps that came out, best first: role, where, and the level they are shown at. */
  maps: z.array(z.object({ role: z.string(), title: z.string(), path: pathSchema })),
  fsc: z.array(fscCurveSchema),
  alignment: z
    .object({
      rotation: matrix,
      rotationDegrees: z.number(),
      /** A */
      shift: z.array(z.number()).length(3),
      mirrored: z.boolean(),
      correlation: z.number(),
      correlationOtherHand: z.number(),
      before: pathSchema.optional(),
      after: pathSchema.optional(),
      truth: pathSchema.optional(),
    })
    .optional(),
  /** Density of viewing directions on a grid: rows of polar angle (0..pi), columns of azimuth (0..2 pi), integrating to 1 over the sphere. */
  viewing: z.object({ rows: z.int(), columns: z.int(), density: z.array(z.number()), truth: z.array(z.number()).optional() }).optional(),
  /** Heat map of the moments' misfit in standard deviations: one cell per (angular frequency or shell) pair. */
  residuals: z.array(z.object({ title: z.string(), rows: z.array(z.string()), columns: z.array(z.string()), values: z.array(z.array(z.number().nullable())) })),
  /** Independent starts: score and agreement with the best, in shells. */
  starts: z.array(z.object({ name: z.string(), score: z.number().nullable(), agreementShell: z.number().nullable() })),
  numbers: z.array(z.object({ name: z.string(), value: z.string(), help: z.string().optional() })),
  files: z.array(z.object({ name: z.string(), role: z.string(), bytes: z.number(), downloadUrl: z.string() })),
})
export type Result = z.infer<typeof resultSchema>

export const result = {
  describe: base.input(z.strictObject({ job: idSchema })).output(resultSchema),
  /** One curve (or all, csv) as a file other programs read. */
  exportFsc: base
    .input(z.strictObject({ job: idSchema, curve: z.string().optional(), format: z.enum(['star', 'xml', 'csv', 'svg', 'png']) }))
    .output(z.object({ fileName: z.string(), downloadUrl: z.string() })),
  /** One-click folders (zipped for download): `emdb` (map, half-maps, contour level, FSC XML, 500x500 picture), `relion`, `chimerax`. `picture`: PNG as base64, from the viewer. */
  bundle: base
    .input(z.strictObject({ job: idSchema, kind: z.enum(['emdb', 'relion', 'chimerax']), level: z.number().optional(), picture: z.string().max(8_000_000).optional() }))
    .output(z.object({ fileName: z.string(), downloadUrl: z.string(), folder: pathSchema, files: z.array(z.string()), notes: z.array(z.string()) })),
}
