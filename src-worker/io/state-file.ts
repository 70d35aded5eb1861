import { readFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { AppError } from '#core/error.ts'
import { writeFileAtomic } from './atomic-file.ts'

/** Marks the format, so that another one of a later version is not misread. */
const MAGIC = Buffer.from('CRYOMOMENT-STATE-1\n')

/**
 * Keeps plain data (objects, typed arrays, maps) exactly, bit for bit, in one file that is either as before or complete
 * and on disk. For the same program to read again, not for exchange: structured clone's own form (`node:v8`).
 */
export async function writeState(path: string, state: unknown): Promise<void> {
  await writeFileAtomic(path, Buffer.concat([MAGIC, serialize(state)]))
}

/** What `writeState` kept; undefined where there is no such file. Errors: a file that is something else. */
export async function readState(path: string): Promise<unknown> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new AppError('UnsupportedFormat', `${path}: not a state that this version of CryoMoment kept; run the job again from its beginning`, { file: path })
  return withOwnBuffers(deserialize(bytes.subarray(MAGIC.length)))
}

// What is read back are views on the whole file: sending one to a thread would send all of it.
function withOwnBuffers(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return value instanceof DataView ? value : (value as Float64Array).slice()
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, withOwnBuffers(member)]))
  if (Array.isArray(value)) return value.map(withOwnBuffers)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withOwnBuffers(member)]))
}
