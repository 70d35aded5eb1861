import { stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Router } from '@orpc/server'
import type { Api } from '#contract/api.ts'
import { JobManager } from '../job/job-manager.ts'
import type { WorkerHost } from '../job/worker-host.ts'
import type { Log, LogLevel } from '../log.ts'
import type { Platform } from '../platform.ts'
import { CurrentProject } from '../project/current-project.ts'
import type { OpenProject } from '../project/open-project.ts'
import { portableSentence } from '../project/portable-sentence.ts'
import { PreferencesFile } from '../project/preferences-file.ts'
import { PROJECT_FILES } from '../project/project-file.ts'
import { RecentProjects } from '../project/recent-projects.ts'
import { DescriptionStore } from '../reading/description-store.ts'
import { Reader } from '../reading/reader.ts'
import { VolumeStore } from '../reading/volume-store.ts'
import { createByteHandler, type ByteHandler } from '../server/byte-handler.ts'
import { VERSION } from '../version.ts'
import { AllowedPaths } from './allowed-paths.ts'
import { datasetService } from './dataset-service.ts'
import { emdbService, type EmdbAddresses } from './emdb-service.ts'
import { fileService } from './file-service.ts'
import type { ServiceContext } from './implementer.ts'
import { jobService } from './job-service.ts'
import { NoticeFeed } from './notice-feed.ts'
import { projectService, type ProjectEvent } from './project-service.ts'
import { resultService } from './result-service.ts'
import { sessionService } from './session-service.ts'
import { settingsService } from './settings-service.ts'
import { SnapshotFeed } from './snapshot-feed.ts'
import { taskService } from './task-service.ts'
import { volumeService } from './volume-service.ts'

export interface ServicesOptions {
  readonly platform: Platform
  readonly log: Log
  /** The built worker of jobs. */
  readonly workerPath: string
  /** How a job's process is started; default: forked. */
  readonly host?: WorkerHost
  /** The folders a page may reach; absent: all of them (desktop). The folder of projects and the open project are always among them. */
  readonly roots?: readonly string[]
  /** Computing threads of a job; default: the cores there are. */
  readonly threads?: number
  /** Largest upload, bytes; default 64 GB. */
  readonly uploadLimit?: number
  /** Where EMDB is reached; a test has its own. */
  readonly emdb?: EmdbAddresses
}

const UPLOAD_LIMIT = 64e9
/** Largest memory (bytes) of maps that are kept for the next look. */
const VOLUME_MEMORY = Math.min(1.5e9, totalmem() / 8)

/** Everything the program does for a page, whichever way its calls travel. */
export interface Services {
  readonly router: Router<Api, ServiceContext>
  readonly context: ServiceContext
  readonly handleBytes: ByteHandler
  /** Opens a project (or makes one in a new folder) before any page asks. */
  openProject(folder: string): Promise<void>
  /** Who makes links for other browsers. */
  setInvitation(invite: () => string): void
  /** Asks running jobs to checkpoint and stop, and gives the project's lock back. */
  close(): Promise<void>
}

/** The composition root: every service, wired by hand. */
export function createServices(options: ServicesOptions): Services {
  const { platform, log } = options
  const notices = new NoticeFeed()
  const preferences = new PreferencesFile(platform.configFolder)
  const recent = new RecentProjects(platform.configFolder)
  const paths = new AllowedPaths(options.roots && [...options.roots, platform.projectsFolder])
  const feed: SnapshotFeed<ProjectEvent> = new SnapshotFeed(async (sequence) => ({ sequence, project: await current.describe() }))
  const onNotice = (level: LogLevel, text: string): void => notices.say(level, text)
  const makeJobs = async (project: OpenProject): Promise<JobManager> =>
    new JobManager({
      projectFolder: project.folder,
      readOnly: () => project.readOnly,
      workerPath: options.workerPath,
      host: options.host,
      threads: options.threads ?? (await preferences.read()).threads,
      versions: { cryomoment: VERSION },
      onChange: () => project.changed(),
      onNotice,
      resolvePath: (path) => paths.existing(path, project.folder),
    })
  const current = new CurrentProject({ recent, log, makeJobs, onChange: () => feed.changed(), onNotice })
  const projectsFolder = async (): Promise<string> => (await preferences.read()).projectsFolder ?? platform.projectsFolder
  const places = async (): Promise<string[]> => [...new Set([await projectsFolder(), join(platform.projectsFolder, '..'), '/'])]
  const reader = new Reader(join(dirname(options.workerPath), 'reading-thread.js'))
  const roots = (): readonly string[] | undefined => (paths.confined ? paths.list() : undefined)
  const descriptions = new DescriptionStore(reader, roots)
  const volumes = new VolumeStore(reader, VOLUME_MEMORY)
  let invite: (() => string) | undefined

  const router: Services['router'] = {
    session: sessionService({ platform, notices, invite: () => invite?.() }),
    settings: settingsService(preferences),
    file: fileService({ paths, platform, current, places }),
    project: projectService({ current, recent, paths, platform, feed, projectsFolder }),
    task: taskService({ resolvePath: (path) => paths.existing(path, current.project?.folder) }),
    job: jobService(() => current.requireJobs()),
    result: resultService(current),
    dataset: datasetService({ current, paths, descriptions }),
    emdb: emdbService({ current, descriptions, log, ...(options.emdb && { addresses: options.emdb }) }),
    volume: volumeService({ current, paths, platform, reader, volumes, descriptions }),
  }
  return {
    router,
    context: { log, portable: (sentence) => (current.project ? portableSentence(sentence, current.project.folder) : sentence) },
    handleBytes: createByteHandler({ current, paths, reader, volumes, log, uploadLimit: options.uploadLimit ?? UPLOAD_LIMIT }),
    async openProject(asked) {
      paths.add(asked)
      const folder = await paths.fresh(asked)
      const isProject = await stat(join(folder, PROJECT_FILES.project)).catch(() => undefined)
      await (isProject ? current.open(folder) : current.create(folder, basename(folder)))
    },
    setInvitation: (make) => (invite = make),
    async close() {
      await current.close()
      feed.close()
      await reader.close()
    },
  }
}
