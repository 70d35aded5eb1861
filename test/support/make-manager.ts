import { isAbsolute, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { JobManager, type JobManagerOptions } from '../../src-main/job/job-manager.ts'
import type { JobEvent, JobSummary } from '#contract/job.ts'

const WORKER = resolve(import.meta.dirname, '../../out/main/worker-node.js')

/** The jobs of a project folder, with the built worker; closed when the test ends. */
export async function makeManager(projectFolder: string, options: Partial<JobManagerOptions> = {}): Promise<JobManager> {
  const manager = new JobManager({
    projectFolder,
    readOnly: false,
    workerPath: WORKER,
    threads: 2,
    versions: { cryomoment: 'test' },
    onChange: () => undefined,
    onNotice: () => undefined,
    resolvePath: (path) => (isAbsolute(path) ? path : join(projectFolder, path)),
    ...options,
  })
  onTestFinished(() => manager.close())
  await manager.open()
  return manager
}

/** Every event of a job after a number, until it has ended. */
export async function allEvents(manager: JobManager, id: string, after = 0): Promise<JobEvent[]> {
  const events: JobEvent[] = []
  for await (const event of manager.follow(id, after)) events.push(event)
  return events
}

/** The job's summary once it has ended. */
export async function ended(manager: JobManager, id: string): Promise<JobSummary> {
  await allEvents(manager, id)
  return summaryOf(manager, id)
}

export function summaryOf(manager: JobManager, id: string): JobSummary {
  return manager.list().find((job) => job.id === id)!
}

/** Resolves when the job's events satisfy the condition for the first time. */
export async function until(manager: JobManager, id: string, condition: (event: JobEvent) => boolean): Promise<JobEvent> {
  for await (const event of manager.follow(id)) if (condition(event)) return event
  throw new Error(`the job ended before it happened: ${JSON.stringify(summaryOf(manager, id))}`)
}
