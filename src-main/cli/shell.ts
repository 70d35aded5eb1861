import type { AppError } from '#core/error.ts'

/** What commands know of the program they run in; a test gives its own. */
export interface Shell {
  readonly workerPath: string
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
  /** Calls back on Ctrl-C (and on the signals that mean the same); gives the undo. */
  readonly onInterrupt: (listener: () => void) => () => void
}

/** Flags every command has. */
export interface CommonFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Ends a command: the sentence has been said already when there is no error. */
export interface CommandEnd {
  readonly exitCode: number
  readonly error?: AppError
}
