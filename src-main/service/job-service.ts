import type { JobManager } from '../job/job-manager.ts'
import { eventStream } from './event-stream.ts'
import { implementer } from './implementer.ts'

/** The jobs of the open project. */
export function jobService(jobs: () => JobManager) {
  const { job } = implementer
  return job.router({
    submit: job.submit.handler(({ input }) => jobs().submit(input)),
    list: job.list.handler(() => jobs().list()),
    get: job.get.handler(({ input }) => jobs().get(input.id)),
    cancel: job.cancel.handler(({ input }) => jobs().cancel(input.id)),
    resume: job.resume.handler(({ input }) => jobs().resume(input.id)),
    rename: job.rename.handler(({ input }) => jobs().rename(input.id, input.name)),
    remove: job.remove.handler(async ({ input }) => {
      await jobs().remove(input.id)
      return {}
    }),
    restore: job.restore.handler(({ input }) => jobs().restore(input.id)),
    reorder: job.reorder.handler(({ input }) => jobs().reorder(input.id, input.before)),
    previews: job.previews.handler(({ input }) => jobs().previews(input.id)),
    follow: job.follow.handler(({ input, signal }) => {
      const stop = new AbortController()
      const events = jobs().follow(input.id, input.after, stop.signal)
      return eventStream(async () => (await events.next()).value ?? undefined, () => stop.abort(), signal)
    }),
  })
}
