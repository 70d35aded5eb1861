import type { JobSummary } from '#contract/job.ts'
import { secondsBetween } from './duration-text.ts'

export type JobColumn = 'name' | 'task' | 'state' | 'created' | 'duration' | 'images' | 'resolution'

/** How a table of jobs is sorted. */
export interface JobOrder {
  readonly column: JobColumn
  readonly descending: boolean
}

export const NEWEST_FIRST: JobOrder = { column: 'created', descending: true }

const STATES: readonly JobSummary['state'][] = ['running', 'queued', 'interrupted', 'failed', 'cancelled', 'succeeded']

/** Jobs in order; those without a value in that column come last either way, equal ones newest first. */
export function sortJobs(jobs: readonly JobSummary[], order: JobOrder): JobSummary[] {
  const sign = order.descending ? -1 : 1
  return [...jobs].sort((a, b) => {
    const left = keyOf(a, order.column)
    const right = keyOf(b, order.column)
    if (left === undefined || right === undefined) return left === right ? newer(a, b) : left === undefined ? 1 : -1
    const difference = typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right), 'en', { numeric: true })
    return difference === 0 ? newer(a, b) : sign * difference
  })
}

/** A click on a column's head: its natural direction first, then the other. */
export function nextOrder(order: JobOrder, column: JobColumn): JobOrder {
  const descending = column === 'created' || column === 'duration' || column === 'images'
  return order.column === column ? { column, descending: !order.descending } : { column, descending }
}

/** Jobs whose name, id, task or state has every word of the text in it. */
export function filterJobs(jobs: readonly JobSummary[], text: string, words: (job: JobSummary) => readonly string[]): JobSummary[] {
  const wanted = text.toLowerCase().split(/\s+/).filter((word) => word !== '')
  return jobs.filter((job) => {
    const own = [job.id, job.name, job.task, ...words(job)].join(' ').toLowerCase()
    return wanted.every((word) => own.includes(word))
  })
}

function keyOf(job: JobSummary, column: JobColumn): number | string | undefined {
  switch (column) {
    case 'name':
      return job.name
    case 'task':
      return job.task
    case 'state':
      return STATES.indexOf(job.state)
    case 'created':
      return new Date(job.started ?? job.created).getTime()
    case 'duration':
      return secondsBetween(job.started, job.finished)
    case 'images':
      return job.images
    case 'resolution':
      return job.resolution?.angstrom
  }
}

function newer(a: JobSummary, b: JobSummary): number {
  return b.created.localeCompare(a.created) || b.id.localeCompare(a.id, 'en', { numeric: true })
}
