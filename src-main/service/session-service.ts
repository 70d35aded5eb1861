import { availableParallelism, hostname, totalmem } from 'node:os'
import { API_PROTOCOL } from '#contract/base.ts'
import { AppError } from '#core/error.ts'
import type { Platform } from '../platform.ts'
import { VERSION } from '../version.ts'
import { implementer } from './implementer.ts'
import type { NoticeFeed } from './notice-feed.ts'

export interface SessionOptions {
  readonly platform: Platform
  readonly notices: NoticeFeed
  /** A one-time link for another browser; absent where there is no server. */
  readonly invite: () => string | undefined
}

/** Who is there: version, machine, what it can do. */
export function sessionService({ platform, notices, invite }: SessionOptions) {
  const { session } = implementer
  return session.router({
    hello: session.hello.handler(({ input }) => {
      if (input.protocol !== API_PROTOCOL) {
        throw new AppError('Conflict', `the page speaks protocol ${input.protocol} and the service ${API_PROTOCOL}: reload the page, and update whichever is older`, { found: input.protocol, expected: API_PROTOCOL })
      }
      return {
        protocol: API_PROTOCOL,
        version: VERSION,
        mode: platform.mode,
        capabilities: { pickPath: platform.pickPath !== undefined, reveal: platform.reveal !== undefined, upload: true },
        devices: [{ id: 'cpu', title: `CPU, ${availableParallelism()} cores`, available: true }],
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        machine: hostname(),
      }
    }),
    invite: session.invite.handler(() => ({ url: invite() ?? null })),
    notices: session.notices.handler(({ signal }) => notices.follow(signal)),
  })
}
