import type { Project } from '#contract/project.ts'
import { AppError } from '#core/error.ts'
import type { Platform } from '../platform.ts'
import type { CurrentProject } from '../project/current-project.ts'
import { openDemo } from '../project/demo-project.ts'
import { readProjectFile } from '../project/project-file.ts'
import type { RecentProjects } from '../project/recent-projects.ts'
import { moveToTrash } from '../project/trash.ts'
import type { AllowedPaths } from './allowed-paths.ts'
import { implementer } from './implementer.ts'
import type { SnapshotFeed } from './snapshot-feed.ts'

/** What `watch` tells. */
export interface ProjectEvent {
  readonly sequence: number
  readonly project: Project | null
}

export interface ProjectServiceOptions {
  readonly current: CurrentProject
  readonly recent: RecentProjects
  readonly paths: AllowedPaths
  readonly platform: Platform
  readonly feed: SnapshotFeed<ProjectEvent>
  /** Where new projects go unless the person says otherwise. */
  readonly projectsFolder: () => Promise<string>
}

/** The open project, and the ones there are. */
export function projectService({ current, recent, paths, platform, feed, projectsFolder }: ProjectServiceOptions) {
  const { project } = implementer
  const described = async (): Promise<Project> => (await current.describe()) ?? refuseNone()
  return project.router({
    recent: project.recent.handler(() => recent.list()),
    forget: project.forget.handler(async ({ input }) => {
      await recent.forget(input.folder)
      return {}
    }),
    create: project.create.handler(async ({ input }) => {
      await current.create(await paths.fresh(input.folder, await projectsFolder()), input.name)
      return described()
    }),
    open: project.open.handler(async ({ input }) => {
      await current.open(await paths.existing(input.folder), input.takeOver)
      return described()
    }),
    openDemo: project.openDemo.handler(async () => {
      await openDemo(current, await paths.fresh(await projectsFolder()))
      return described()
    }),
    close: project.close.handler(async () => {
      await current.close()
      return {}
    }),
    describe: project.describe.handler(() => current.describe()),
    rename: project.rename.handler(async ({ input }) => {
      const open = current.requireWritable()
      await open.update((file) => ({ ...file, name: input.name }))
      await recent.add(open.folder, input.name)
      return described()
    }),
    trash: project.trash.handler(async ({ input }) => {
      const folder = await paths.existing(input.folder)
      await readProjectFile(folder) // only a project is moved, whatever a page asks for
      if (current.project?.folder === folder) {
        current.requireWritable()
        await current.close()
      }
      const trashedTo = await moveToTrash(folder, platform)
      await recent.forget(folder)
      return { trashedTo }
    }),
    saveView: project.saveView.handler(async ({ input }) => {
      // Where a person was looking is not worth an error in a project that can only be looked at.
      if (!current.require().readOnly) await current.require().update((file) => ({ ...file, view: input.view }))
      return {}
    }),
    watch: project.watch.handler(({ input, signal }) => feed.follow(input.after, signal)),
  })
}

function refuseNone(): never {
  throw new AppError('Conflict', 'the project was closed meanwhile')
}
