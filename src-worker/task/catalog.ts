import type { ZodObject } from 'zod'
import { settings as align } from './align/settings.ts'
import { settings as estimateMoments } from './estimate-moments/settings.ts'
import { settings as fsc } from './fsc/settings.ts'
import { settings as reconstruct } from './reconstruct/settings.ts'
import { settings as refine } from './refine/settings.ts'
import { settings as run } from './run/settings.ts'
import { settings as simulate } from './simulate/settings.ts'
import { settings as simulateMoments } from './simulate-moments/settings.ts'

/** What can be submitted: a task's name, its title, and the schema of its settings. */
export interface CatalogEntry {
  readonly id: string
  readonly title: string
  readonly settings: ZodObject
}

/** Every task. Settings only: loading the catalogue loads no computation. */
export const catalog: readonly CatalogEntry[] = [
  { id: 'simulate', title: 'Simulate particle images', settings: simulate },
  { id: 'simulate-moments', title: 'Simulate moments alone', settings: simulateMoments },
  { id: 'estimate-moments', title: 'Estimate moments', settings: estimateMoments },
  { id: 'reconstruct', title: 'Reconstruct from moments', settings: reconstruct },
  { id: 'align', title: 'Align one map to another', settings: align },
  { id: 'fsc', title: 'Fourier shell correlation', settings: fsc },
  { id: 'refine', title: 'Refine particles', settings: refine },
  { id: 'run', title: 'From a map or particles to a reconstruction', settings: run },
]
