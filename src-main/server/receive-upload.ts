import { open, rename, rm, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#core/error.ts'
import { cannotWrite, temporaryName } from '#io/atomic-file.ts'
import { makeFolder } from '#io/make-folder.ts'
import { freeName } from '../project/free-name.ts'
import type { OpenProject } from '../project/open-project.ts'
import { PROJECT_FILES } from '../project/project-file.ts'

/** Bytes that stay free on the disk whatever is uploaded. */
const RESERVE = 256 << 20

export interface UploadOptions {
  readonly name: string
  /** Largest file taken, bytes. */
  readonly limit: number
}

/**
 * Writes the body of a request into `<project>/import` under a free name; nothing half-written is left. Gives the path
 * relative to the project. Errors: InvalidInput for a name or a size that is not taken.
 */
export async function receiveUpload(request: Request, project: OpenProject, { name, limit }: UploadOptions): Promise<string> {
  project.requireWritable()
  if (name !== basename(name) || name.startsWith('.') || /[\\/\x00-\x1f]/.test(name) || Buffer.byteLength(name) > 200) throw new AppError('InvalidInput', `${JSON.stringify(name)} is not a name for an uploaded file`, { name })
  const announced = Number(request.headers.get('content-length') ?? Number.NaN)
  const folder = project.path(PROJECT_FILES.imports)
  await makeFolder(folder)
  const { bavail, bsize } = await statfs(folder)
  const room = Math.min(limit, bavail * bsize - RESERVE)
  if (announced > room) throw tooLarge(name, announced, room)
  const target = join(folder, await freeName(folder, name))
  const partial = temporaryName(target)
  const file = await open(partial, 'wx')
  try {
    let received = 0
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      received += chunk.length
      if (received > room) throw tooLarge(name, received, room)
      await file.write(chunk)
    }
    if (received < announced) throw new AppError('InvalidInput', `the upload of ${name} broke off after ${received} of ${announced} bytes`, { name, found: received, expected: announced })
    await file.sync()
    await file.close()
    await rename(partial, target)
    return project.nameOf(target)
  } catch (error) {
    await file.close().catch(() => undefined) // it may be closed already
    await rm(partial, { force: true })
    if (['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw cannotWrite(target, error)
    throw error
  }
}

function tooLarge(name: string, bytes: number, room: number): AppError {
  return new AppError('InvalidInput', `${name} has ${(bytes / 1e9).toFixed(2)} GB or more, and this server takes ${Math.max(0, room / 1e9).toFixed(2)} GB`, { name, found: bytes, expected: room })
}
