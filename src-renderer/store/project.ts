import type { Project, RecentProject } from '#contract/project.ts'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { api } from '../connection/api.ts'
import { followEvents } from '../connection/follow-events.ts'
import { useUndoStore } from './undo.ts'

const SAVE_MILLISECONDS = 800

/** The one project that is open in the service; every page connected to it sees the same. */
export const useProjectStore = defineStore('project', () => {
  /** Undefined until the service has said; null where none is open. */
  const project = shallowRef<Project | null>()
  const recent = shallowRef<readonly RecentProject[]>([])
  const datasets = computed(() => project.value?.datasets ?? [])
  const jobs = computed(() => project.value?.jobs ?? [])
  const readOnly = computed(() => project.value?.readOnly ?? false)
  const runningJob = computed(() => jobs.value.find(({ state }) => state === 'running'))
  const queued = computed(() => jobs.value.filter(({ state }) => state === 'queued').length)

  function take(next: Project | null): Project | null {
    if (next?.folder !== project.value?.folder) {
      useUndoStore().forget()
      view = { ...next?.view }
      clearTimeout(timer)
      timer = undefined
    }
    return (project.value = next)
  }

  /** Follows the project until the page is closed. */
  function follow(): () => void {
    return followEvents({
      open: (after, signal) => api().project.watch(after === undefined ? {} : { after }, { signal }),
      onEvent: (event) => take(event.project),
      endless: true,
    })
  }

  async function loadRecent(): Promise<void> {
    recent.value = await api().project.recent({})
  }

  const create = async (folder: string, name: string): Promise<Project> => take(await api().project.create({ folder, name }))!
  const open = async (folder: string, takeOver = false): Promise<Project> => take(await api().project.open({ folder, takeOver }))!
  const openDemo = async (): Promise<Project> => take(await api().project.openDemo({}))!

  async function close(): Promise<void> {
    await api().project.close({})
    take(null)
  }

  async function rename(name: string): Promise<void> {
    const before = project.value?.name
    if (before === undefined || before === name) return
    take(await api().project.rename({ name }))
    const again = async (to: string): Promise<unknown> => take(await api().project.rename({ name: to }))
    useUndoStore().did({ title: 'Rename project', undo: () => again(before), redo: () => again(name) })
  }

  let view: Record<string, unknown> = {}
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Sends what is kept and was not sent yet. What cannot be sent is sent with the next change. */
  async function flushView(): Promise<void> {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    if (project.value && !project.value.readOnly) await api().project.saveView({ view }).catch(() => undefined)
  }

  /** What was kept of the view under this key (levels, camera, selection), in the open project. */
  function keptView<Value>(key: string): Value | undefined {
    return view[key] as Value | undefined
  }

  /** Keeps part of the view in the project, soon. */
  function keepView(key: string, value: unknown): void {
    view = { ...view, [key]: value }
    timer ??= setTimeout(() => void flushView(), SAVE_MILLISECONDS)
  }

  return { project, recent, datasets, jobs, readOnly, runningJob, queued, follow, loadRecent, create, open, openDemo, close, rename, keptView, keepView, flushView }
})
