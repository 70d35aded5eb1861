import { Ban, GitCompareArrows, Pencil, Play, Repeat, SquareArrowOutUpRight, Trash2 } from '@lucide/vue'
import type { JobSummary } from '#contract/job.ts'
import type { Component } from 'vue'
import { useRouter } from 'vue-router'
import { useJobStore } from '../../store/job.ts'
import { useProjectStore } from '../../store/project.ts'
import { jobText } from '../../text/english/job.ts'

export type JobAction = 'open' | 'cancel' | 'resume' | 'again' | 'rename' | 'compare' | 'remove'

export interface JobActionItem {
  readonly id: JobAction
  readonly label: string
  readonly icon: Component
  readonly danger?: boolean
  readonly shortcut?: string
  readonly disabled?: boolean
}

/** It is being computed or waits to be. */
export function isActive(job: Pick<JobSummary, 'state'>): boolean {
  return job.state === 'running' || job.state === 'queued'
}

/** What may be done with a job as it stands, and the doing of it; renaming is up to whoever shows the dialog. */
export function useJobActions(onRename: (job: JobSummary) => void): { itemsOf(job: JobSummary): JobActionItem[]; run(action: string, job: JobSummary): Promise<void> } {
  const store = useJobStore()
  const project = useProjectStore()
  const router = useRouter()

  function itemsOf(job: JobSummary): JobActionItem[] {
    const disabled = project.readOnly
    return [
      { id: 'open', label: jobText.open, icon: SquareArrowOutUpRight, shortcut: 'Enter' },
      ...(isActive(job) ? [{ id: 'cancel', label: jobText.cancel, icon: Ban, disabled } as const] : []),
      ...(job.resumable && !isActive(job) ? [{ id: 'resume', label: jobText.resume, icon: Play, disabled } as const] : []),
      { id: 'again', label: jobText.again, icon: Repeat, disabled },
      { id: 'rename', label: jobText.rename, icon: Pencil, shortcut: 'F2', disabled },
      { id: 'compare', label: jobText.compare, icon: GitCompareArrows },
      ...(job.state === 'running' ? [] : [{ id: 'remove', label: jobText.remove, icon: Trash2, danger: true, shortcut: 'Del', disabled } as const]),
    ]
  }

  async function run(action: string, job: JobSummary): Promise<void> {
    switch (action as JobAction) {
      case 'open':
        return void (await router.push(`/jobs/${encodeURIComponent(job.id)}`))
      case 'cancel':
        return void (await store.cancel(job.id))
      case 'resume':
        return void (await store.resume(job.id))
      case 'again':
        return void (await router.push({ path: `/new/${encodeURIComponent(job.task)}`, query: { from: job.id } }))
      case 'rename':
        return onRename(job)
      case 'compare':
        return void (await router.push({ path: '/compare', query: { jobs: [...store.selected.filter((id) => id !== job.id).slice(-1), job.id].join(',') } }))
      case 'remove':
        return void (await store.remove(job))
    }
  }

  return { itemsOf, run }
}
