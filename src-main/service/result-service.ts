import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeFolder } from '#io/make-folder.ts'
import type { JobManager } from '../job/job-manager.ts'
import type { CurrentProject } from '../project/current-project.ts'
import { freeName, safeName } from '../project/free-name.ts'
import type { OpenProject } from '../project/open-project.ts'
import { PROJECT_FILES } from '../project/project-file.ts'
import { bundleChimeraX } from '../result/bundle-chimerax.ts'
import type { BundleSource } from '../result/bundle-maps.ts'
import { bundleRelion } from '../result/bundle-relion.ts'
import { readResult, readResultRecord } from '../result/read-result.ts'
import { VERSION } from '../version.ts'
import { implementer } from './implementer.ts'

/** What jobs gave, and what other programs take of it. */
export function resultService(current: CurrentProject<JobManager>) {
  const { result } = implementer
  return result.router({
    describe: result.describe.handler(({ input }) => {
      const project = current.require()
      return readResult({ job: input.job, folder: current.requireJobs().folderOf(input.job), nameOf: (path) => project.nameOf(path) })
    }),
    exportFsc: result.exportFsc.handler(async ({ input }) => {
      const project = current.requireWritable()
      // Charts take half a second to load: not before the first is asked for.
      const { exportFsc } = await import('../result/export-fsc.ts')
      const folder = await exportFolder(project)
      const record = await readResultRecord(current.requireJobs().folderOf(input.job))
      const { curve, format } = input
      const name = safeName(`${input.job}-fsc${curve === undefined ? '' : `-${curve}`}`)
      // The same curve again replaces what was exported before.
      const path = await exportFsc(record, { curve, format, folder, name })
      return { fileName: basename(path), downloadUrl: `/bytes/file?path=${encodeURIComponent(project.nameOf(path))}` }
    }),
    bundle: result.bundle.handler(async ({ input }) => {
      const project = current.requireWritable()
      const { job, kind, level, picture } = input
      const { bundleEmdb } = await import('../result/bundle-emdb.ts')
      const source = await bundleSource(current.requireJobs(), job)
      const exports = await exportFolder(project)
      const folder = join(exports, await freeName(exports, safeName(`${job}-${kind}`)))
      await makeFolder(folder)
      try {
        const made = kind === 'emdb' ? await bundleEmdb(source, folder, { level, picture }) : kind === 'relion' ? await bundleRelion(source, folder) : await bundleChimeraX(source, folder, { level })
        project.changed()
        return { fileName: `${basename(folder)}.zip`, downloadUrl: `/bytes/zip?path=${encodeURIComponent(project.nameOf(folder))}`, folder, files: [...made.files], notes: [...made.notes] }
      } catch (error) {
        await rm(folder, { recursive: true, force: true })
        throw error
      }
    }),
  })
}

async function exportFolder(project: OpenProject): Promise<string> {
  const folder = project.path(PROJECT_FILES.exports)
  await makeFolder(folder)
  return folder
}

async function bundleSource(jobs: JobManager, id: string): Promise<BundleSource> {
  const folder = jobs.folderOf(id)
  const { name, settings, images } = await jobs.get(id)
  return { job: id, jobName: name, folder, record: await readResultRecord(folder), settings, version: VERSION, images }
}
