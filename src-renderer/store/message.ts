import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface MessageAction {
  readonly label: string
  readonly run: () => unknown
}

export interface Message {
  readonly id: number
  readonly level: 'info' | 'ok' | 'warning' | 'error'
  readonly text: string
  readonly action?: MessageAction
}

const LIFE_MILLISECONDS = 7000
const MOST = 5

/** Short sentences to the person, in a corner and for screen readers. Errors and warnings stay until they are closed. */
export const useMessageStore = defineStore('message', () => {
  const messages = ref<Message[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let last = 0

  function show(message: Omit<Message, 'id'>): number {
    // The same sentence twice is one sentence.
    const same = messages.value.find(({ text, action }) => text === message.text && !action)
    if (same) close(same.id)
    const id = ++last
    messages.value = [...messages.value.slice(1 - MOST), { ...message, id }]
    release(id)
    return id
  }

  function close(id: number): void {
    hold(id)
    messages.value = messages.value.filter((message) => message.id !== id)
  }

  /** Stays as long as somebody is reading it (pointer or focus on it). */
  function hold(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }

  function release(id: number): void {
    hold(id)
    const message = messages.value.find((one) => one.id === id)
    if (message?.level === 'info' || message?.level === 'ok') timers.set(id, setTimeout(() => close(id), LIFE_MILLISECONDS))
  }

  return { messages, show, close, hold, release }
})
