import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createLog } from '../../src-main/log.ts'
import type { Platform } from '../../src-main/platform.ts'
import { createServices, type Services, type ServicesOptions } from '../../src-main/service/services.ts'

/** Services over a temporary home, with the built worker and reading thread. */
export interface TestServices {
  readonly services: Services
  /** Everything lies in it; the only allowed root. */
  readonly home: string
  readonly lines: readonly string[]
  readonly remove: () => Promise<void>
}

const BUILT = resolve(import.meta.dirname, '../../out/main/worker-node.js')

export async function startTestServices(options: Omit<Partial<ServicesOptions>, 'platform'> & { readonly home?: string; readonly platform?: Partial<Platform> } = {}): Promise<TestServices> {
  const home = options.home ?? (await realpath(await mkdtemp(join(tmpdir(), 'cryomoment-services-'))))
  await mkdir(home, { recursive: true })
  const lines: string[] = []
  const services = createServices({
    workerPath: BUILT,
    roots: [home],
    threads: 1,
    ...options,
    platform: { mode: 'remote', configFolder: join(home, 'settings'), projectsFolder: join(home, 'projects'), ...options.platform },
    log: createLog((line) => lines.push(line)),
  })
  return {
    services,
    home,
    lines,
    async remove() {
      await services.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
