import type { ZodObject } from 'zod'

/** What can be submitted: a task's name, its title, and the schema of its settings. */
export interface CatalogEntry {
  readonly id: string
  readonly title: string
  readonly settings: ZodObject
}

/** Every task. Settings only: loading the catalogue loads no computation. */
export const catalog: readonly CatalogEntry[] = []
