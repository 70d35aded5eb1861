import { oc } from '@orpc/contract'
import { z } from 'zod'
import { serializedErrorSchema } from '#job/contract.ts'

/** Rises when something changes its meaning; additions keep it. `session.hello` refuses another number, in words. */
export const API_PROTOCOL = 1

/** What every call may fail with: the tagged error of `#core/error.ts` (one sentence, typed fields), never a stack trace. */
export const base = oc.errors({ APP: { data: serializedErrorSchema.omit({ stack: true, cause: true }) } })

export const nothing = z.strictObject({})
/** Something done that has no more to tell. */
export const done = z.object({})
/** A path on the service's machine; services refuse what lies outside the allowed roots once links are resolved. */
export const pathSchema = z.string().min(1).max(4096)
export const idSchema = z.string().min(1).max(128)
/** Any JSON value: results of tasks, view states. */
export const plainSchema = z.record(z.string(), z.unknown())
/** Every event carries a number that rises; a reader who names the last one it saw misses none (`after`). */
export const afterSchema = z.int().min(0).optional()
