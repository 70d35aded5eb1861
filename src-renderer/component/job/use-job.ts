import type { Job, JobEvent, JobPreview, JobSummary } from '#contract/job.ts'
import { useThrottleFn } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { api } from '../../connection/api.ts'
import { followEvents } from '../../connection/follow-events.ts'
import { sentenceOf } from '../../connection/sentence.ts'
import { useJobStore } from '../../store/job.ts'
import { isActive } from './use-job-actions.ts'
import { JobTrace, type LogLine, type Metric } from './job-trace.ts'

const FLUSH_MILLISECONDS = 150
const READ_MILLISECONDS = 1000

export interface FollowedJob {
  /** As the service last described it, with what events said since. */
  readonly job: ComputedRef<Job | undefined>
  readonly failure: Ref<string | undefined>
  readonly log: ShallowRef<readonly LogLine[]>
  /** Lines left out before the first of `log`. */
  readonly dropped: Ref<number>
  readonly metrics: ShallowRef<readonly Metric[]>
  readonly previews: ShallowRef<readonly JobPreview[]>
  reload(): Promise<void>
}

/**
 * A job as it happens: everything its folder tells, then what comes, taken up again after a lost connection or a resume at
 * the event last seen. Stops with its component.
 */
export function useJob(id: string): FollowedJob {
  const store = useJobStore()
  const described = shallowRef<Job>()
  const latest = shallowRef<JobSummary>()
  const failure = ref<string>()
  const log = shallowRef<readonly LogLine[]>([])
  const dropped = ref(0)
  const metrics = shallowRef<readonly Metric[]>([])
  const previews = shallowRef<readonly JobPreview[]>([])
  const trace = new JobTrace()
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopFollowing: (() => void) | undefined

  const inTable = computed(() => store.jobs.find((job) => job.id === id))
  const job = computed<Job | undefined>(() => {
    if (!described.value) return undefined
    const told: Job = { ...described.value, ...latest.value }
    const row = inTable.value
    // How far it is comes from where every other part of the screen has it.
    return told.state === 'running' && row?.state === 'running' ? { ...told, fraction: row.fraction, secondsLeft: row.secondsLeft } : told
  })

  async function reload(): Promise<void> {
    try {
      const next = await api().job.get({ id })
      if (stopped) return
      described.value = next
      latest.value = undefined
      failure.value = undefined
    } catch (error) {
      if (!stopped && !described.value) failure.value = sentenceOf(error)
    }
  }
  const reloadSoon = useThrottleFn(reload, READ_MILLISECONDS, true)

  // Which pictures are kept is the folder's to say: older ones are thinned out.
  const readPreviews = useThrottleFn(
    async () => {
      const list = await api().job.previews({ id }).catch(() => undefined) // the next picture asks again
      if (list && !stopped) previews.value = list
    },
    READ_MILLISECONDS,
    true,
  )

  function flush(): void {
    timer = undefined
    log.value = [...trace.log]
    dropped.value = trace.dropped
    metrics.value = trace.metrics()
  }

  function take(event: JobEvent): void {
    if (!trace.add(event)) return
    if (event.type === 'preview') void readPreviews()
    else if (event.type === 'state') {
      if (described.value && (event.job.state !== (latest.value ?? described.value).state || event.job.stage !== (latest.value ?? described.value).stage)) void reloadSoon()
      latest.value = event.job
    } else timer ??= setTimeout(flush, FLUSH_MILLISECONDS)
  }

  function follow(): void {
    stopFollowing?.()
    stopFollowing = followEvents<JobEvent>({
      open: (_after, signal) => api().job.follow({ id, ...(trace.last === undefined ? {} : { after: trace.last }) }, { signal }),
      onEvent: take,
      onEnd: () => {
        stopFollowing = undefined
        void reload()
        void readPreviews()
      },
      onRefused: (sentence) => {
        stopFollowing = undefined
        failure.value ??= described.value ? undefined : sentence
      },
    })
  }

  // A resumed job goes on where its events ended.
  watch(
    () => inTable.value?.state,
    (state, before) => {
      if (state === undefined || state === before || before === undefined) return
      void reloadSoon()
      if (inTable.value && isActive(inTable.value) && !stopFollowing) follow()
    },
  )
  watch(
    () => inTable.value?.name,
    () => void reloadSoon(),
  )

  void reload()
  void readPreviews()
  follow()
  onScopeDispose(() => {
    stopped = true
    clearTimeout(timer)
    stopFollowing?.()
  })
  return { job, failure, log, dropped, metrics, previews, reload }
}
