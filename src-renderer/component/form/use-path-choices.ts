import type { JobSummary } from '#contract/job.ts'
import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { api } from '../../connection/api.ts'
import { useProjectStore } from '../../store/project.ts'
import { datasetChoices, resultChoices, type PathChoice } from './path-choice.ts'

const MOST_JOBS = 30

/** The project's files that settings may point at: its datasets at once, the results of its jobs as they are read. */
export function usePathChoices(): ComputedRef<readonly PathChoice[]> {
  const project = useProjectStore()
  const fromResults = shallowRef<readonly PathChoice[]>([])
  let stopped = false
  onScopeDispose(() => (stopped = true))
  void readResults([...project.jobs].filter(({ state }) => state === 'succeeded').sort((a, b) => b.created.localeCompare(a.created)))
  return computed(() => [...datasetChoices(project.datasets), ...fromResults.value])

  async function readResults(jobs: readonly JobSummary[]): Promise<void> {
    for (const job of jobs.slice(0, MOST_JOBS)) {
      if (stopped) return
      // A job whose result cannot be read has nothing to offer here; its own page says why.
      const result = await api().result.describe({ job: job.id }).catch(() => undefined)
      if (result) fromResults.value = [...fromResults.value, ...resultChoices(job, result)]
    }
  }
}
