import { z } from 'zod'
import { base, pathSchema } from './base.ts'
import { datasetSummarySchema } from './dataset.ts'

export const histogramSchema = z.object({ from: z.number(), to: z.number(), counts: z.array(z.int()) })
export type Histogram = z.infer<typeof histogramSchema>

export const volumeSchema = z.object({
  path: pathSchema,
  name: z.string(),
  /** Voxels along x, y, z in the canonical axis order. */
  dimensions: z.tuple([z.int(), z.int(), z.int()]),
  /** A; null where the header leaves it undetermined. */
  voxelSize: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  /** A, of the first voxel's centre (field.md 4.2). */
  origin: z.tuple([z.number(), z.number(), z.number()]),
  statistics: z.object({ minimum: z.number(), maximum: z.number(), mean: z.number(), standardDeviation: z.number(), rootMeanSquare: z.number() }),
  histogram: histogramSchema,
  /** Values such that `fraction` of all voxels lies above `level`, rising fractions: % enclosed <-> absolute, exactly where it matters. */
  enclosed: z.array(z.object({ fraction: z.number(), level: z.number() })),
  defaultLevel: z.object({ value: z.number(), rule: z.enum(['one-percent', 'emdb']) }),
  /** Level 0 is the map itself; level k is binned by 2^k. Bytes: `<url>&level=k`, float32 little-endian, x fastest; HTTP Range holds. */
  levels: z.array(z.object({ level: z.int(), dimensions: z.tuple([z.int(), z.int(), z.int()]), bytes: z.number() })),
  url: z.string(),
  warnings: z.array(z.string()),
})
export type VolumeDescription = z.infer<typeof volumeSchema>

/** How a map was shown, for programs that show it again. */
const shownMapSchema = z.strictObject({ path: pathSchema, level: z.number(), color: z.string().regex(/^#[0-9a-f]{6}$/i), opacity: z.number().min(0).max(1).default(1) })

export const volume = {
  describe: base.input(z.strictObject({ path: pathSchema })).output(volumeSchema),
  /** Mirrored through the plane that keeps the centre voxel; a new map in the project. */
  flipHand: base.input(z.strictObject({ path: pathSchema })).output(datasetSummarySchema),
  /** a - s b with s by least squares inside; b is resampled to a's grid. A new map in the project. */
  difference: base.input(z.strictObject({ a: pathSchema, b: pathSchema })).output(datasetSummarySchema),
  /** Writes `.cxc` and the maps it names; opens ChimeraX where there is a desktop and it is installed. */
  chimeraX: base
    .input(z.strictObject({ maps: z.array(shownMapSchema).min(1).max(8), background: z.enum(['white', 'black']).default('white') }))
    .output(z.object({ folder: pathSchema, downloadUrl: z.string(), opened: z.boolean(), note: z.string() })),
}

export type ShownMap = z.input<typeof shownMapSchema>
