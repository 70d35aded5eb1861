import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '#core/error.ts'
import type { JobContext } from '#job/context.ts'

const STATE = 'inputs'
/** Of each end of a file: enough to tell files apart that a program wrote, however large. */
const LOOKED_AT = 65_536

/**
 * The files a job reads must be those it began with when it goes on after an interruption: states kept of others would be
 * mixed up. Errors: Conflict, naming the file that is another one now.
 */
export async function requireSameInputs(context: JobContext, paths: readonly (string | undefined)[]): Promise<void> {
  const now = await Promise.all(paths.flatMap((path) => (path === undefined ? [] : [fingerprint(path)])))
  const before = await context.restore<readonly { readonly name: string; readonly print: string }[]>(STATE)
  const other = before && now.find(({ print }, i) => print !== before[i]?.print)
  if (other) throw new AppError('Conflict', `${other.name} is another file than when the job was interrupted: run the job again from its beginning`, { file: other.name })
  await context.checkpoint(STATE, now)
}

// By content, not by place or time: a project may be moved.
async function fingerprint(path: string): Promise<{ name: string; print: string }> {
  const name = basename(path)
  const handle = await open(path, 'r').catch(() => undefined) // the reader of the file says in words what is wrong
  if (!handle) return { name, print: 'absent' }
  try {
    const { size } = await handle.stat()
    const hash = createHash('sha256').update(`${name} ${size} `)
    for (const position of [0, Math.max(0, size - LOOKED_AT)]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, position)
      hash.update(buffer.subarray(0, bytesRead))
    }
    return { name, print: hash.digest('hex') }
  } finally {
    await handle.close()
  }
}
