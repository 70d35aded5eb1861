import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { sentenceOf } from '../connection/sentence.ts'
import { useMessageStore } from './message.ts'

/** What the page is doing, on its root element as `data-state`: `idle`, `busy`, or `error` until the next thing succeeds. */
export const useActivityStore = defineStore('activity', () => {
  const running = ref(0)
  const failure = ref<string>()
  const state = computed(() => (running.value > 0 ? 'busy' : failure.value === undefined ? 'idle' : 'error'))
  watchEffect(() => (document.documentElement.dataset['state'] = state.value))

  /** Something started; call what it gives once it has ended. */
  function begin(): () => void {
    running.value++
    let ended = false
    return () => {
      if (!ended) running.value--
      ended = true
    }
  }

  function fail(message: string): void {
    failure.value = message
  }

  function clear(): void {
    failure.value = undefined
  }

  /** Does something that may fail: busy while it lasts, its error said in one sentence. Undefined when it failed. */
  async function attempt<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    const end = begin()
    try {
      const value = await work()
      clear()
      return value
    } catch (error) {
      fail(sentenceOf(error))
      useMessageStore().show({ level: 'error', text: sentenceOf(error) })
      return undefined
    } finally {
      end()
    }
  }

  return { state, failure, begin, fail, clear, attempt }
})
