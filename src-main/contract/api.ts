import { dataset, emdb } from './dataset.ts'
import { file } from './file.ts'
import { job } from './job.ts'
import { project } from './project.ts'
import { result } from './result.ts'
import { session } from './session.ts'
import { settings } from './settings.ts'
import { task } from './task.ts'
import { volume } from './volume.ts'

/** THE contract between a page and the services: every call and event, whichever way they travel. */
export const api = { session, project, file, dataset, emdb, volume, task, job, result, settings }
export type Api = typeof api
