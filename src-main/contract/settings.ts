import { z } from 'zod'
import { base, nothing } from './base.ts'

/** What a person prefers on this machine; unknown keys of older versions are dropped. */
export const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  background: z.enum(['dark', 'light']).default('dark'),
  projectsFolder: z.string().optional(),
  threads: z.int().min(1).max(256).optional(),
  /** Largest number of voxels shown without binning. */
  voxelLimit: z.int().min(1).default(17_000_000),
})
export type Preferences = z.infer<typeof preferencesSchema>

export const settings = {
  get: base.input(nothing).output(preferencesSchema),
  set: base.input(preferencesSchema.partial()).output(preferencesSchema),
}
