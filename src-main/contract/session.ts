import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { base, nothing } from './base.ts'

export const computeDeviceSchema = z.object({
  id: z.string(),
  title: z.string(),
  available: z.boolean(),
  /** Why it is not available, in one sentence. */
  reason: z.string().optional(),
})

export const helloSchema = z.object({
  protocol: z.int(),
  version: z.string(),
  mode: z.enum(['desktop', 'remote']),
  /** What this service can do beyond the calls everybody has; the page shows no control for what is missing. */
  capabilities: z.object({ pickPath: z.boolean(), reveal: z.boolean(), upload: z.boolean() }),
  devices: z.array(computeDeviceSchema),
  cores: z.int(),
  memoryBytes: z.number(),
  machine: z.string(),
})
export type Hello = z.infer<typeof helloSchema>

export const noticeSchema = z.object({ sequence: z.int(), level: z.enum(['info', 'warning', 'error']), text: z.string() })
export type Notice = z.infer<typeof noticeSchema>

export const session = {
  hello: base.input(z.strictObject({ protocol: z.int() })).output(helloSchema),
  /** A one-time link that lets another browser in; null where there is no server (desktop). */
  invite: base.input(nothing).output(z.object({ url: z.string().nullable() })),
  /** What the service has to say that belongs to no call: a full disk, a lost lock. */
  notices: base.input(nothing).output(eventIterator(noticeSchema)),
}
