import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'

export type LogLevel = 'info' | 'warning' | 'error'

/** Where the services say what belongs to no call. */
export interface Log {
  write(level: LogLevel, text: string): void
  /** Records something unexpected with its stack; gives the reference by which a person can find it. */
  unexpected(error: unknown, during: string): string
}

/** A log of lines: `2026-11-20T13:20:00.000Z warning text`. */
export function createLog(write: (line: string) => void): Log {
  const line = (level: LogLevel, text: string): void => write(`${new Date().toISOString()} ${level} ${text}\n`)
  return {
    write: line,
    unexpected(error, during) {
      const reference = randomBytes(4).toString('hex')
      line('error', `${reference} during ${during}: ${inspect(error)}`)
      return reference
    },
  }
}

/** Says nothing, but still gives references. */
export const silentLog: Log = createLog(() => undefined)
