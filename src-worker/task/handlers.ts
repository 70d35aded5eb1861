import type { TaskHandler } from '#job/runner.ts'
import { settings as align } from './align/settings.ts'
import { settings as check } from './check/settings.ts'
import { settings as estimateMoments } from './estimate-moments/settings.ts'
import { settings as fsc } from './fsc/settings.ts'
import { settings as reconstruct } from './reconstruct/settings.ts'
import { settings as refine } from './refine/settings.ts'
import { settings as run } from './run/settings.ts'
import { settings as simulate } from './simulate/settings.ts'
import { settings as simulateMoments } from './simulate-moments/settings.ts'

/** Task id to its code. Imported by worker entries alone; each task is loaded when its job starts. */
export const handlers: Readonly<Record<string, TaskHandler>> = {
  simulate: { settings: simulate, load: async () => (await import('./simulate/run.ts')).run },
  'simulate-moments': { settings: simulateMoments, load: async () => (await import('./simulate-moments/run.ts')).run },
  check: { settings: check, load: async () => (await import('./check/run.ts')).run },
  'estimate-moments': { settings: estimateMoments, load: async () => (await import('./estimate-moments/run.ts')).run },
  reconstruct: { settings: reconstruct, load: async () => (await import('./reconstruct/run.ts')).run },
  align: { settings: align, load: async () => (await import('./align/run.ts')).run },
  fsc: { settings: fsc, load: async () => (await import('./fsc/run.ts')).run },
  refine: { settings: refine, load: async () => (await import('./refine/run.ts')).run },
  run: { settings: run, load: async () => (await import('./run/run.ts')).run },
}
