/** What went wrong with a file, in the kinds a caller can act on. */
export type MrcErrorTag = 'InvalidInput' | 'UnsupportedFormat' | 'NotFound'

/** A refusal: a tag, one sentence that names file, field, found and expected, and the fields it speaks of. */
export class MrcError extends Error {
  readonly tag: MrcErrorTag
  readonly fields: Readonly<Record<string, unknown>>

  constructor(tag: MrcErrorTag, message: string, fields: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = tag
    this.tag = tag
    this.fields = fields
  }
}

/** The system's refusal to open or write a path, in one sentence. */
export function fileSystemError(path: string, cause: unknown): MrcError {
  if (cause instanceof MrcError) return cause
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return new MrcError('NotFound', `${path}: no such file or folder`, { file: path, code }, cause)
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'this is a folder, expected a file',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space left on the disk',
  }
  const reason = reasons[code] ?? `cannot be opened (${code || String(cause)})`
  return new MrcError('InvalidInput', `${path}: ${reason}`, { file: path, code }, cause)
}
