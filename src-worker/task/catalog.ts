import type { ZodObject } from 'zod'
import { settings as align } from './align/settings.ts'
import { settings as check } from './check/settings.ts'
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
  /** One sentence: what goes in, what comes out. */
  readonly summary: string
  readonly settings: ZodObject
}

/** Every task. Settings only: loading the catalogue loads no computation. */
export const catalog: readonly CatalogEntry[] = [
  { id: 'simulate', title: 'Simulate particle images', summary: 'Noisy particle images of a map from unknown viewing directions, with their true poses.', settings: simulate },
  { id: 'simulate-moments', title: 'Simulate moments alone', summary: 'The moments of any number of images of a map, without making the images.', settings: simulateMoments },
  { id: 'check', title: 'Check particles', summary: 'A sample of particle images, looked at before a run: contrast, pixel size, centring, CTF and more.', settings: check },
  { id: 'estimate-moments', title: 'Estimate moments', summary: 'Particle images, read once, into their debiased first, second and third moments.', settings: estimateMoments },
  { id: 'reconstruct', title: 'Reconstruct from moments', summary: 'Moments into a volume and a distribution of viewing directions.', settings: reconstruct },
  { id: 'align', title: 'Align one map to another', summary: 'One map laid on another over rotations, shifts and both hands.', settings: align },
  { id: 'fsc', title: 'Fourier shell correlation', summary: 'Fourier shell correlation of two maps as they lie.', settings: fsc },
  { id: 'refine', title: 'Refine particles', summary: 'Particle images, with a start map or from random models, into half-maps, a map and poses.', settings: refine },
  { id: 'run', title: 'From a map or particles to a reconstruction', summary: 'The whole way from a map or particles: moments, volume, refinement, evaluation and report.', settings: run },
]
