import { stat } from 'node:fs/promises'
import { fileTag } from '../server/file-bytes.ts'
import type { FileDescription } from './describe-file.ts'
import type { Reader } from './reader.ts'

const KEPT = 200

/** Descriptions of files, made once for each version of a file. */
export class DescriptionStore {
  private readonly reader: Reader
  private readonly roots: () => readonly string[] | undefined
  private readonly known = new Map<string, Promise<FileDescription>>()

  /** `roots`: where the stacks of a particle list may lie; undefined: anywhere. */
  constructor(reader: Reader, roots: () => readonly string[] | undefined) {
    this.reader = reader
    this.roots = roots
  }

  /** Errors: what describeFile refuses. */
  async describe(path: string): Promise<FileDescription> {
    const key = `${path}\0${fileTag(await stat(path))}`
    let description = this.known.get(key)
    if (!description) {
      description = this.reader.run('describeFile', { path, roots: this.roots() })
      this.known.set(key, description)
      if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value!)
    }
    try {
      return await description
    } catch (error) {
      this.known.delete(key)
      throw error
    }
  }
}
