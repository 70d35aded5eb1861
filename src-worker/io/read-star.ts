import { AppError } from '#core/error.ts'
import { parseStar, starLines, type StarFile } from '#core/format/star.ts'
import { AtomicFile } from './atomic-file.ts'
import { readPacked } from './read-packed.ts'

/** The whole text of a STAR file (gzip by content), parsed. Errors: NotFound, and what parseStar refuses, with the file named. */
export async function readStar(path: string): Promise<StarFile> {
  const bytes = await readPacked(path)
  if (bytes.subarray(0, 4096).includes(0)) throw new AppError('UnsupportedFormat', `${path}: this is not text, expected a STAR file`, { file: path })
  try {
    return parseStar(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof AppError) throw new AppError(error.tag, `${path}: ${error.message}`, { file: path, ...error.fields }, error)
    throw error
  }
}

const chunkLength = 1 << 18

/** Writes a STAR file with all its blocks, streamed and atomic: what was read and not changed comes out as it was. */
export async function writeStar(path: string, file: Pick<StarFile, 'blocks'>): Promise<void> {
  const target = await AtomicFile.create(path)
  try {
    let text = ''
    for (const block of file.blocks) {
      for (const line of starLines(block)) {
        text += line
        if (text.length < chunkLength) continue
        await target.handle.write(text)
        text = ''
      }
    }
    await target.handle.write(text)
  } catch (error) {
    await target.abort()
    throw error
  }
  await target.commit()
}
