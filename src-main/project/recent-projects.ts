import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RecentProject } from '#contract/project.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { PROJECT_FILES } from './project-file.ts'

const recentSchema = z.object({ projects: z.array(z.object({ folder: z.string(), name: z.string(), opened: z.string() })) })
type Recent = z.infer<typeof recentSchema>['projects']

const KEPT = 30

/** The projects that this person opened last, newest first: `recent.json` in the folder of settings. */
export class RecentProjects {
  private readonly path: string
  private queue: Promise<unknown> = Promise.resolve()

  constructor(configFolder: string) {
    this.path = join(configFolder, 'recent.json')
  }

  async list(): Promise<RecentProject[]> {
    const projects = await this.read()
    return Promise.all(projects.map(async (project) => ({ ...project, exists: await isProject(project.folder) })))
  }

  add(folder: string, name: string): Promise<void> {
    return this.change((projects) => [{ folder, name, opened: new Date().toISOString() }, ...projects.filter((one) => one.folder !== folder)].slice(0, KEPT))
  }

  forget(folder: string): Promise<void> {
    return this.change((projects) => projects.filter((one) => one.folder !== folder))
  }

  private change(change: (projects: Recent) => Recent): Promise<void> {
    const changed = this.queue.then(async () => writeFileAtomic(this.path, `${JSON.stringify({ projects: change(await this.read()) }, null, 2)}\n`))
    this.queue = changed.catch(() => undefined)
    return changed
  }

  private async read(): Promise<Recent> {
    try {
      return recentSchema.parse(JSON.parse(await readFile(this.path, 'utf8'))).projects
    } catch {
      return [] // none yet, or damaged: a list of recent projects can be lost
    }
  }
}

async function isProject(folder: string): Promise<boolean> {
  return stat(join(folder, PROJECT_FILES.project)).then(
    (found) => found.isFile(),
    () => false,
  )
}
