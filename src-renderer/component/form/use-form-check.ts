import type { TaskDescription } from '#contract/task.ts'
import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { api } from '../../connection/api.ts'
import { sentenceOf } from '../../connection/sentence.ts'

export interface FormProblem {
  readonly path: readonly string[]
  readonly message: string
}

const PAUSE_MILLISECONDS = 200

export interface FormCheck {
  readonly problems: ShallowRef<readonly FormProblem[]>
  readonly command: Ref<string>
  /** What was checked is not yet what is in the form. */
  readonly pending: Ref<boolean>
  readonly failure: Ref<string | undefined>
}

/** Has the service check the settings whenever they have been left alone for a moment; late answers of earlier checks are dropped. */
export function useFormCheck(task: () => TaskDescription, settings: () => Record<string, unknown>, seed: () => number | undefined): FormCheck {
  const problems = shallowRef<readonly FormProblem[]>([])
  const command = ref('')
  const pending = ref(true)
  const failure = ref<string>()
  let last = 0

  async function check(): Promise<void> {
    const number = ++last
    const given = seed()
    try {
      const answer = await api().task.check({ task: task().id, settings: settings(), ...(given === undefined ? {} : { seed: given }) })
      if (number !== last) return
      problems.value = answer.problems
      command.value = answer.command
      failure.value = undefined
    } catch (error) {
      if (number !== last) return
      failure.value = sentenceOf(error)
    }
    pending.value = false
  }

  const soon = useDebounceFn(check, PAUSE_MILLISECONDS)
  watch([task, () => JSON.stringify(settings()), seed], () => {
    last++
    pending.value = true
    void soon()
  })
  void check()
  onScopeDispose(() => last++)
  return { problems, command, pending, failure }
}
