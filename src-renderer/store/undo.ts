import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useActivityStore } from './activity.ts'

export interface Change {
  /** "Rename map", as it stands behind "Undo". */
  readonly title: string
  readonly undo: () => unknown
  readonly redo: () => unknown
}

const MOST = 100

/** What was done and can be taken back: renames, removals, edits of the view; never computations. */
export const useUndoStore = defineStore('undo', () => {
  const past = shallowRef<readonly Change[]>([])
  const future = shallowRef<readonly Change[]>([])

  /** Remembers something already done. */
  function did(change: Change): void {
    past.value = [...past.value.slice(1 - MOST), change]
    future.value = []
  }

  async function undo(): Promise<void> {
    const change = past.value.at(-1)
    if (!change) return
    past.value = past.value.slice(0, -1)
    const done = await useActivityStore().attempt(async () => (await change.undo(), true))
    if (done) future.value = [...future.value, change]
  }

  /** Takes back this one, wherever it stands, if that was not done yet. */
  async function revert(change: Change): Promise<void> {
    if (!past.value.includes(change)) return
    past.value = [...past.value.filter((one) => one !== change), change]
    await undo()
  }

  async function redo(): Promise<void> {
    const change = future.value.at(-1)
    if (!change) return
    future.value = future.value.slice(0, -1)
    const done = await useActivityStore().attempt(async () => (await change.redo(), true))
    if (done) past.value = [...past.value, change]
  }

  /** Another project: what was done in the last one cannot be taken back from here. */
  function forget(): void {
    past.value = []
    future.value = []
  }

  return { did, undo, revert, redo, forget, next: computed(() => past.value.at(-1)), nextRedo: computed(() => future.value.at(-1)) }
})
