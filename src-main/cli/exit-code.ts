import type { ErrorTag } from '#core/error.ts'

/** What the shell sees. */
export const EXIT = { success: 0, internal: 1, badInput: 2, interrupted: 130 } as const

/** Bad input is what the caller can put right: everything that has a tag of its own. */
export function exitCodeOf(tag: ErrorTag): number {
  if (tag === 'Internal' || tag === 'Unavailable') return EXIT.internal
  return tag === 'Cancelled' ? EXIT.interrupted : EXIT.badInput
}
