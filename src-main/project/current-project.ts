import { stat } from 'node:fs/promises'
import type { JobSummary } from '#contract/job.ts'
import type { Project } from '#contract/project.ts'
import { AppError } from '#core/error.ts'
import type { Log } from '../log.ts'
import { OpenProject } from './open-project.ts'
import type { DatasetRecord } from './project-file.ts'
import type { RecentProjects } from './recent-projects.ts'

/** What the project needs of its jobs. */
export interface ProjectJobs {
  /** Finds the jobs in the folder; gives the ids of those whose process is gone. */
  open(): Promise<readonly string[]>
  list(): JobSummary[]
  close(): Promise<void>
}

export interface CurrentProjectOptions<Jobs extends ProjectJobs> {
  readonly recent: RecentProjects
  readonly log: Log
  /** Absent while there is nothing that computes. */
  readonly makeJobs?: (project: OpenProject) => Promise<Jobs>
  /** Something in the project, or which project it is, has changed. */
  readonly onChange: () => void
  readonly onNotice: (level: 'info' | 'warning' | 'error', text: string) => void
}

interface Opened<Jobs> {
  readonly project: OpenProject
  readonly jobs: Jobs | undefined
  readonly interrupted: readonly string[]
}

/** The one project that is open in this service; every page sees the same. */
export class CurrentProject<Jobs extends ProjectJobs = ProjectJobs> {
  private readonly options: CurrentProjectOptions<Jobs>
  private opened: Opened<Jobs> | undefined
  private queue: Promise<unknown> = Promise.resolve()

  constructor(options: CurrentProjectOptions<Jobs>) {
    this.options = options
  }

  get project(): OpenProject | undefined {
    return this.opened?.project
  }

  /** The open project. Errors: Conflict when none is. */
  require(): OpenProject {
    if (!this.opened) throw new AppError('Conflict', 'no project is open: open or create one first')
    return this.opened.project
  }

  /** The open project, to be changed. Errors: Conflict when none is open, or another program may write. */
  requireWritable(): OpenProject {
    const project = this.require()
    project.requireWritable()
    return project
  }

  /** The jobs of the open project. */
  requireJobs(): Jobs {
    this.require()
    if (!this.opened!.jobs) throw new AppError('Unavailable', 'this service runs no jobs')
    return this.opened!.jobs
  }

  create(folder: string, name: string): Promise<OpenProject> {
    return this.replace(() => OpenProject.create(folder, name, { onLockLost: (by) => this.lockLost(folder, by?.holder) }))
  }

  /** Opens a project in place of the present one; the same one again stays open, unless it could only be looked at. */
  open(folder: string, takeOver = false): Promise<OpenProject> {
    const present = this.opened?.project
    if (present?.folder === folder && !present.readOnly) return Promise.resolve(present)
    return this.replace(() => OpenProject.open(folder, { takeOver, onLockLost: (by) => this.lockLost(folder, by?.holder) }))
  }

  /** Asks running jobs to checkpoint and stop, and gives the lock back. */
  close(): Promise<void> {
    return this.inTurn(async () => {
      await this.closeNow()
      this.options.onChange()
    })
  }

  /** What the contract says of the project; null when none is open. */
  async describe(): Promise<Project | null> {
    if (!this.opened) return null
    const { project, jobs, interrupted } = this.opened
    const { file, folder, readOnly, holder } = project
    const datasets = await Promise.all(file.datasets.map((record) => summarizeDataset(project, record)))
    const list = jobs?.list() ?? []
    return {
      folder,
      name: file.name,
      created: file.created,
      lock: { holder: holder.holder, pid: holder.pid, since: holder.since, mine: !readOnly },
      readOnly,
      datasets,
      jobs: list,
      view: file.view,
      interrupted: interrupted.filter((id) => list.some((job) => job.id === id && job.state === 'interrupted')),
      prepared: file.prepared,
    }
  }

  private replace(open: () => Promise<OpenProject>): Promise<OpenProject> {
    return this.inTurn(async () => {
      const project = await open()
      await this.closeNow()
      const jobs = await this.options.makeJobs?.(project)
      const interrupted = (await jobs?.open()) ?? []
      this.opened = { project, jobs, interrupted }
      project.onChange(this.options.onChange)
      await this.options.recent.add(project.folder, project.file.name).catch((error: unknown) => this.options.log.unexpected(error, 'remembering the project'))
      this.options.onChange()
      return project
    })
  }

  private async closeNow(): Promise<void> {
    const opened = this.opened
    this.opened = undefined
    await opened?.jobs?.close()
    await opened?.project.close()
  }

  private lockLost(folder: string, by: string | undefined): void {
    this.options.onNotice('warning', `${folder} was taken over by ${by ?? 'another program'}: from now on it can be looked at, not changed`)
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work)
    this.queue = done.catch(() => undefined)
    return done
  }
}

/** A dataset as the contract lists it: with whether its file is still there. */
export async function summarizeDataset(project: OpenProject, record: DatasetRecord): Promise<Project['datasets'][number]> {
  const { id, name, kind, path, imported, summary, warnings } = record
  const found = await stat(project.path(path)).catch(() => undefined)
  return { id, name, kind, path, imported, summary, warnings, missing: found === undefined, bytes: found?.size ?? record.bytes }
}
