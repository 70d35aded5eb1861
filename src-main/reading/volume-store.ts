import { stat } from 'node:fs/promises'
import { fileTag } from '../server/file-bytes.ts'
import type { Reader } from './reader.ts'
import type { VolumeLevels } from './volume-levels.ts'

/** A map that was read, and which version of its file that was. */
export interface StoredVolume extends VolumeLevels {
  readonly tag: string
  readonly modified: Date
}

interface Entry {
  readonly tag: string
  readonly volume: Promise<StoredVolume>
  bytes: number
}

/** Maps in memory, read once however many ask, forgotten least recently used first. A file that changed is read again. */
export class VolumeStore {
  private readonly reader: Reader
  private readonly limit: number
  // In the order of their use.
  private readonly entries = new Map<string, Entry>()

  /** `limit`: bytes kept; the map in use is always kept. */
  constructor(reader: Reader, limit: number) {
    this.reader = reader
    this.limit = limit
  }

  /** Errors: NotFound; what readMapGrid refuses. */
  async open(path: string): Promise<StoredVolume> {
    const found = await stat(path)
    const tag = fileTag(found)
    let entry = this.entries.get(path)
    if (entry?.tag !== tag) {
      entry = { tag, bytes: 0, volume: this.reader.run('readVolumeLevels', { path }).then((levels) => ({ ...levels, tag, modified: found.mtime })) }
    }
    const present = entry
    this.entries.delete(path)
    this.entries.set(path, present)
    try {
      const volume = await present.volume
      present.bytes = volume.levels.reduce((sum, { values }) => sum + values.byteLength, 0)
      this.forget()
      return volume
    } catch (error) {
      if (this.entries.get(path) === present) this.entries.delete(path)
      throw error
    }
  }

  /** Bytes held at present. */
  get bytes(): number {
    return [...this.entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
  }

  private forget(): void {
    let total = this.bytes
    for (const [path, { bytes }] of [...this.entries].slice(0, -1)) {
      if (total <= this.limit) return
      this.entries.delete(path)
      total -= bytes
    }
  }
}
