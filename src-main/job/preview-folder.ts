import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LineFile } from './line-file.ts'

export type PreviewKind = 'volume' | 'image' | 'viewing-distribution'

export interface PreviewPicture {
  readonly step: number
  readonly what: PreviewKind
  readonly shape: readonly number[]
  readonly bytes: Float32Array
  readonly voxelSize?: number
}

/** A kept picture: where it is, and what. */
export interface PreviewEntry {
  readonly sequence: number
  readonly time: string
  readonly step: number
  readonly what: PreviewKind
  readonly shape: readonly number[]
  readonly voxelSize?: number
  /** Name in the folder. */
  readonly file: string
  /** How many of its kind came before. */
  readonly arrival: number
}

const INDEX = 'index.jsonl'
/** Kept at most; together 200. */
const LIMITS: Readonly<Record<PreviewKind, number>> = { volume: 100, 'viewing-distribution': 60, image: 40 }

/**
 * The pictures of a job, `step-000012-volume.f32` (float32, x fastest) and `index.jsonl`, which only grows: a line whose
 * file is gone was thinned out. Of each kind at most so many are kept, evenly: every k-th and the latest, k doubling.
 * The steps of a kind rise, whatever the task says: they are the places on a scrub bar.
 */
export class PreviewFolder {
  private readonly folder: string
  private readonly index: LineFile
  private readonly kept: Record<PreviewKind, PreviewEntry[]> = { volume: [], image: [], 'viewing-distribution': [] }
  private readonly strides: Record<PreviewKind, number> = { volume: 1, image: 1, 'viewing-distribution': 1 }
  private writing: Promise<void> = Promise.resolve()
  private readonly limits: Readonly<Record<PreviewKind, number>>

  private constructor(folder: string, limits: Readonly<Record<PreviewKind, number>>) {
    this.folder = folder
    this.limits = limits
    this.index = new LineFile(join(folder, INDEX))
  }

  static async open(folder: string, limits = LIMITS): Promise<PreviewFolder> {
    const opened = new PreviewFolder(folder, limits)
    for (const entry of await PreviewFolder.list(folder)) opened.kept[entry.what].push(entry)
    for (const [what, list] of Object.entries(opened.kept) as [PreviewKind, PreviewEntry[]][]) {
      if (list.length > 2) opened.strides[what] = list[1]!.arrival // the last may be between two places
    }
    return opened
  }

  /** The pictures that are there, in the order they came. */
  static async list(folder: string): Promise<PreviewEntry[]> {
    const names = new Set(await readdir(folder).catch(() => [])) // no pictures yet
    if (!names.has(INDEX)) return []
    const lines = (await readFile(join(folder, INDEX), 'utf8')).split('\n')
    return lines.flatMap((line) => {
      try {
        const entry = JSON.parse(line) as PreviewEntry
        return names.has(entry.file) ? [entry] : []
      } catch {
        return [] // empty, or cut off when a process was killed
      }
    })
  }

  /** Every kept picture, in the order they came. */
  list(): readonly PreviewEntry[] {
    return Object.values(this.kept).flat().sort((a, b) => a.sequence - b.sequence)
  }

  add(sequence: number, time: string, picture: PreviewPicture): PreviewEntry {
    const { what, shape, bytes, voxelSize } = picture
    const list = this.kept[what]
    const before = list.at(-1)
    const step = Math.max(Math.floor(picture.step), before ? before.step + 1 : 0)
    const file = `step-${String(step).padStart(6, '0')}-${what}.f32`
    const entry: PreviewEntry = { sequence, time, step, what, shape: [...shape], ...(voxelSize !== undefined && { voxelSize }), file, arrival: before ? before.arrival + 1 : 0 }
    const gone = before && before.arrival % this.strides[what] !== 0 ? [list.pop()!] : []
    list.push(entry)
    if (list.length > this.limits[what]) {
      this.strides[what] *= 2
      gone.push(...list.filter((old) => old !== entry && old.arrival % this.strides[what] !== 0))
      this.kept[what] = list.filter((old) => !gone.includes(old))
    }
    // Never the only copy of anything: where no more can be written, the log's own writes say so.
    const write = async (): Promise<void> => {
      await mkdir(this.folder, { recursive: true })
      await writeFile(join(this.folder, file), new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      this.index.append({ ...entry })
      await this.index.flush()
      await Promise.all(gone.map((old) => rm(join(this.folder, old.file), { force: true })))
    }
    this.writing = this.writing.then(write).catch(() => undefined)
    return entry
  }

  flush(): Promise<void> {
    return this.writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.index.close()
  }
}
