import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '#io/atomic-file.ts'

const sessionsSchema = z.record(z.string(), z.object({ written: z.string(), digests: z.array(z.string().regex(/^[0-9a-f]{64}$/)) }))

/** How long (ms) a browser that was let in is known after the server was last entered. */
const KEPT = 7 * 24 * 3600_000

/**
 * Digests of the cookies given out on each port: a page goes on when its server was started again on the same port.
 * `sessions.json` in the folder of settings, for its owner's eyes; no cookie can be made from it.
 */
export class SessionFile {
  private readonly path: string
  private readonly port: number
  private queue: Promise<void> = Promise.resolve()

  constructor(configFolder: string, port: number) {
    this.path = join(configFolder, 'sessions.json')
    this.port = port
  }

  async read(): Promise<readonly string[]> {
    const found = (await this.readAll())[this.port]
    return found ? found.digests : []
  }

  /** Replaces the digests of this port. */
  write(digests: readonly string[]): Promise<void> {
    this.queue = this.queue.then(async () => {
      const all = { ...(await this.readAll()), [this.port]: { written: new Date().toISOString(), digests: [...digests] } }
      await writeFileAtomic(this.path, `${JSON.stringify(all)}\n`)
      await chmod(this.path, 0o600)
    })
    return this.queue
  }

  private async readAll(): Promise<z.infer<typeof sessionsSchema>> {
    try {
      const all = sessionsSchema.parse(JSON.parse(await readFile(this.path, 'utf8')))
      return Object.fromEntries(Object.entries(all).filter(([, { written }]) => Date.now() - Date.parse(written) < KEPT))
    } catch {
      return {} // none yet, or damaged: browsers come by a new link
    }
  }
}
