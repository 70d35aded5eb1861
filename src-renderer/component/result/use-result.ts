import type { Job } from '#contract/job.ts'
import type { Result } from '#contract/result.ts'
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { api } from '../../connection/api.ts'
import { sentenceOf } from '../../connection/sentence.ts'

/** The result of a job, read when it is done and again when it was done anew. */
export function useResult(job: () => Pick<Job, 'id' | 'state' | 'finished'>): { readonly result: ShallowRef<Result | undefined>; readonly failure: Ref<string | undefined>; readonly loading: Ref<boolean>; reload(): Promise<void> } {
  const result = shallowRef<Result>()
  const failure = ref<string>()
  const loading = ref(false)
  let last = 0
  onScopeDispose(() => last++)

  async function reload(): Promise<void> {
    const number = ++last
    if (job().state !== 'succeeded') {
      result.value = undefined
      return
    }
    loading.value = true
    try {
      const next = await api().result.describe({ job: job().id })
      if (number !== last) return
      result.value = next
      failure.value = undefined
    } catch (error) {
      if (number !== last) return
      failure.value = sentenceOf(error)
    }
    loading.value = false
  }
  watch(() => [job().id, job().state, job().finished], () => void reload(), { immediate: true })
  return { result, failure, loading, reload }
}
