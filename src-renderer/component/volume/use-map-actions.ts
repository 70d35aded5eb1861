import { ref, type ShallowRef, shallowRef } from 'vue'
import { api } from '../../connection/api.ts'
import { useActivityStore } from '../../store/activity.ts'
import { useMessageStore } from '../../store/message.ts'
import { volumeText } from '../../text/english/volume.ts'
import type { ShownMap } from './shown-map.ts'

export interface MapActionOptions {
  readonly shown: Readonly<ShallowRef<readonly ShownMap[]>>
  readonly background: () => 'white' | 'black'
  /** A new map is in the project. */
  readonly made: (path: string, title: string) => void
}

/** What makes new things out of maps: they are computed by the service and kept in the project. */
export function useMapActions({ shown, background, made }: MapActionOptions) {
  const activity = useActivityStore()
  const messages = useMessageStore()
  const chimeraOpen = ref(false)
  const written = shallowRef<{ folder: string; downloadUrl: string; opened: boolean; note: string }>()

  async function flipHand(map: ShownMap): Promise<void> {
    const result = await activity.attempt(() => api().volume.flipHand({ path: map.path }))
    if (!result) return
    messages.show({ level: 'ok', text: volumeText.flipped(result.name) })
    made(result.path, result.name)
  }

  async function difference(): Promise<void> {
    const [a, b] = shown.value
    if (!a || !b) return
    const result = await activity.attempt(() => api().volume.difference({ a: a.path, b: b.path }))
    if (!result) return
    messages.show({ level: 'ok', text: volumeText.differenceMade(result.name) })
    made(result.path, result.name)
  }

  async function chimeraX(): Promise<void> {
    const maps = shown.value.flatMap(({ path, view: { level, color, opacity, visible } }) => (visible && level !== undefined ? [{ path, level, color, opacity }] : [])).slice(0, 8)
    const result = await activity.attempt(() => api().volume.chimeraX({ maps, background: background() }))
    if (!result) return
    written.value = result
    chimeraOpen.value = true
  }

  return { flipHand, difference, chimeraX, chimeraOpen, written }
}
