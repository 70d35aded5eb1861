import type { SerializedError } from '#core/serialized-error.ts'

/** How a job ended. */
export type JobOutcome =
  | { readonly state: 'succeeded'; readonly summary: unknown }
  | {
      readonly state: 'failed'
      readonly error: SerializedError
      /** Where the worker ended without a word of its own. */
      readonly exitCode?: number | null
      readonly signal?: string | null
      readonly lastCheckpoint?: string
    }
  | { readonly state: 'cancelled'; readonly killed: boolean; readonly interrupted?: boolean; readonly lastCheckpoint?: string }
