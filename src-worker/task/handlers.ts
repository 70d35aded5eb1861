import type { TaskHandler } from '#job/runner.ts'
import { settings as simulate } from './simulate/settings.ts'

/** Task id to its code. Imported by worker entries alone; each task is loaded when its job starts. */
export const handlers: Readonly<Record<string, TaskHandler>> = {
  simulate: { settings: simulate, load: async () => (await import('./simulate/run.ts')).run },
}
