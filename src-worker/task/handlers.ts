import type { TaskHandler } from '#job/runner.ts'

/** Task id to its code. Imported by worker entries alone; each task is loaded when its job starts. */
export const handlers: Readonly<Record<string, TaskHandler>> = {}
