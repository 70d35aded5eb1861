import type { Hello } from '#contract/session.ts'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { api, connection } from '../connection/api.ts'
import { followEvents } from '../connection/follow-events.ts'
import { useMessageStore } from './message.ts'

/** The service this page talks to: whether it is there, and what it can do. */
export const useSessionStore = defineStore('session', () => {
  const state = computed(() => connection.state.value)
  const hello = computed<Hello | undefined>(() => connection.hello.value)
  const refusal = computed(() => connection.refusal.value)
  const capabilities = computed(() => hello.value?.capabilities ?? { pickPath: false, reveal: false, upload: false })

  /** Shows what the service has to say until the page is closed. */
  function listen(): () => void {
    return followEvents({
      open: (_after, signal) => api().session.notices({}, { signal }),
      onEvent: ({ level, text }) => useMessageStore().show({ level, text }),
      endless: true,
    })
  }

  return { state, hello, refusal, capabilities, listen, retry: () => connection.retry() }
})
