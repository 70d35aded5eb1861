import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '#core/error.ts'

/** All bytes of a file, unpacked where it is gzip by its content. Errors: NotFound; InvalidInput where it cannot be read or is damaged. */
export async function readPacked(path: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError('NotFound', `${path}: no such file`, { file: path }, error)
    throw new AppError('InvalidInput', `${path}: cannot be read (${code ?? String(error)})`, { file: path }, error)
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await promisify(gunzip)(bytes)
  } catch (error) {
    throw new AppError('InvalidInput', `${path}: the gzip data is damaged or cut short`, { file: path }, error)
  }
}
