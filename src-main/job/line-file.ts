import { open, type FileHandle } from 'node:fs/promises'

/** A file that only grows, one JSON object a line, in the order of the calls. */
export class LineFile {
  private readonly path: string
  private handle: FileHandle | undefined
  private lines: string[] = []
  private writing: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.path = path
  }

  append(entry: Readonly<Record<string, unknown>>): void {
    this.lines.push(`${JSON.stringify(entry)}\n`)
  }

  /** Everything appended so far, in the file. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (this.lines.length === 0) return
      const text = this.lines.join('')
      this.lines = []
      this.handle ??= await open(this.path, 'a')
      await this.handle.write(text)
    })
    return this.writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.handle?.sync()
    await this.handle?.close()
    this.handle = undefined
  }
}
