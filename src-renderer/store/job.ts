import type { Job, JobSummary } from '#contract/job.ts'
import type { TaskDescription } from '#contract/task.ts'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '../connection/api.ts'
import { sentenceOf } from '../connection/sentence.ts'
import { jobText } from '../text/english/job.ts'
import { useActivityStore } from './activity.ts'
import { useMessageStore } from './message.ts'
import { useProjectStore } from './project.ts'
import { type Change, useUndoStore } from './undo.ts'

/** Jobs of the open project and what can be done with them, and the tasks they are runs of. */
export const useJobStore = defineStore('job', () => {
  const tasks = shallowRef<readonly TaskDescription[]>()
  const tasksFailure = ref<string>()
  const jobs = computed<readonly JobSummary[]>(() => useProjectStore().jobs)
  /** Whoever comes next first; the service lists the newest first. */
  const queue = computed(() => jobs.value.filter(({ state }) => state === 'queued').reverse())
  const running = computed(() => jobs.value.filter(({ state }) => state === 'running'))
  const interrupted = computed(() => jobs.value.filter(({ id, state }) => state === 'interrupted' && (useProjectStore().project?.interrupted ?? []).includes(id)))
  /** Chosen for a comparison, in the order they were chosen. */
  const selected = ref<readonly string[]>([])

  /** Reads the tasks once; they are the program's, not the project's. */
  async function loadTasks(): Promise<readonly TaskDescription[]> {
    if (tasks.value) return tasks.value
    tasksFailure.value = undefined
    try {
      return (tasks.value = await api().task.list({}))
    } catch (error) {
      tasksFailure.value = sentenceOf(error)
      return []
    }
  }

  const titleOf = (task: string): string => tasks.value?.find(({ id }) => id === task)?.title ?? task

  const get = (id: string): Promise<Job> => api().job.get({ id })

  const submit = (job: Parameters<ReturnType<typeof api>['job']['submit']>[0]): Promise<JobSummary | undefined> => attempt(() => api().job.submit(job))
  const cancel = (id: string): Promise<JobSummary | undefined> => attempt(() => api().job.cancel({ id }))
  const resume = (id: string): Promise<JobSummary | undefined> => attempt(() => api().job.resume({ id }))

  async function rename(job: JobSummary, name: string): Promise<void> {
    const title = name.trim()
    if (title === '' || title === job.name) return
    const to = async (next: string): Promise<void> => void (await api().job.rename({ id: job.id, name: next }))
    const done = await attempt(async () => (await to(title), true))
    if (done) useUndoStore().did({ title: jobText.renameTitle, undo: () => to(job.name), redo: () => to(title) })
  }

  /** To the trash, with a way back for as long as the project is open. */
  async function remove(job: JobSummary): Promise<boolean> {
    const change: Change = {
      title: jobText.remove,
      undo: async () => {
        await api().job.restore({ id: job.id })
        useMessageStore().show({ level: 'ok', text: jobText.restored(job.name) })
      },
      redo: () => api().job.remove({ id: job.id }),
    }
    const done = await attempt(async () => (await api().job.remove({ id: job.id }), true))
    if (!done) return false
    selected.value = selected.value.filter((id) => id !== job.id)
    const undo = useUndoStore()
    undo.did(change)
    useMessageStore().show({ level: 'ok', text: jobText.removed(job.name), action: { label: jobText.undo, run: () => (undo.next === change ? undo.undo() : attempt(async () => change.undo())) } })
    return true
  }

  /** Earlier (-1) or later (1) in the queue; says where it is then. */
  async function move(id: string, direction: -1 | 1): Promise<void> {
    const ids = queue.value.map((job) => job.id)
    const place = ids.indexOf(id)
    const target = place + direction
    if (place < 0 || target < 0 || target >= ids.length) return
    const before = direction < 0 ? ids[target]! : (ids[target + 1] ?? null)
    const list = await attempt(() => api().job.reorder({ id, before }))
    const project = useProjectStore()
    // What the service will say to everybody in a moment.
    if (list && project.project) project.project = { ...project.project, jobs: list }
  }

  function select(id: string, on: boolean): void {
    selected.value = on ? [...selected.value.filter((one) => one !== id), id] : selected.value.filter((one) => one !== id)
  }

  const attempt = <Value>(work: () => Promise<Value>): Promise<Value | undefined> => useActivityStore().attempt(work)

  return { tasks, tasksFailure, jobs, queue, running, interrupted, selected, loadTasks, titleOf, get, submit, cancel, resume, rename, remove, move, select }
})
