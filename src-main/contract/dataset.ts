import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { base, done, idSchema, pathSchema } from './base.ts'
import { histogramSchema } from './volume.ts'

/** Something imported into the project. The file stays where it is unless it was uploaded or copied into `<project>/import`. */
export const datasetSummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  kind: z.enum(['map', 'stack', 'particles', 'moments']),
  /** Relative to the project where it lies inside, else absolute. */
  path: pathSchema,
  imported: z.string(),
  /** The file is not where it was. */
  missing: z.boolean(),
  bytes: z.number(),
  /** "64 x 64 x 64, 5 A" or "4,000 images of 64 x 64, 5 A". */
  summary: z.string(),
  warnings: z.int(),
})
export type DatasetSummary = z.infer<typeof datasetSummarySchema>

export const datasetSchema = datasetSummarySchema.extend({
  absolutePath: pathSchema,
  /** The card's rows: field, value in words with its unit, and the repair the reader made, if any. */
  fields: z.array(z.object({ name: z.string(), value: z.string(), note: z.string().optional() })),
  /** Every repair the reader made, one sentence each. */
  repairs: z.array(z.string()),
  histogram: histogramSchema.optional(),
  /** Images (stack, particles): how many, their side, and where their bytes are: `<imagesUrl>&start=0&count=16`, float32. */
  images: z.object({ count: z.int(), size: z.int(), pixelSize: z.number().nullable(), imagesUrl: z.string() }).optional(),
  /** EMDB's recommended contour level, where the map came from there. */
  recommendedLevel: z.number().optional(),
})
export type Dataset = z.infer<typeof datasetSchema>

export const importResultSchema = z.object({
  path: pathSchema,
  dataset: datasetSchema.optional(),
  /** Why this file was not taken, one sentence; the others are imported all the same. */
  error: z.string().optional(),
})
export type ImportResult = z.infer<typeof importResultSchema>

export const dataset = {
  import: base.input(z.strictObject({ paths: z.array(pathSchema).min(1).max(100), copy: z.boolean().default(false) })).output(z.array(importResultSchema)),
  describe: base.input(z.strictObject({ id: idSchema })).output(datasetSchema),
  rename: base.input(z.strictObject({ id: idSchema, name: z.string().min(1).max(200) })).output(datasetSummarySchema),
  /** Takes it out of the list; files are kept, so that `restore` undoes it. */
  remove: base.input(z.strictObject({ id: idSchema })).output(done),
  restore: base.input(z.strictObject({ id: idSchema })).output(datasetSummarySchema),
  /** A missing file's new place. */
  relink: base.input(z.strictObject({ id: idSchema, path: pathSchema })).output(datasetSchema),
}

export const emdb = {
  /** Downloads map and recommended contour level of an entry into the project; the last event carries the dataset. */
  fetch: base
    .input(z.strictObject({ id: z.string().regex(/^(EMD-)?\d{4,5}$/i) }))
    .output(eventIterator(z.object({ fraction: z.number().nullable(), text: z.string(), dataset: datasetSchema.optional() }))),
}
