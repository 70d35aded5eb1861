import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import type { CameraPose } from '../vtk/camera-pose.ts'
import { usePreferencesStore } from './preferences.ts'
import { useProjectStore } from './project.ts'
import { useUndoStore } from './undo.ts'

/** How one map is shown. */
export interface MapView {
  /** Undefined until the map has been described. */
  level: number | undefined
  color: string
  opacity: number
  visible: boolean
}

/** How maps are shown together. */
export interface ViewSettings {
  mode: 'surface' | 'slices' | 'cloud'
  layout: 'over' | 'side'
  parallel: boolean
  background: 'dark' | 'light' | 'transparent'
  scaleBar: boolean
  axes: boolean
  caption: boolean
  centred: boolean
  /** Parts with a longest side below this (A) are hidden; 0 hides none. */
  dust: number
  clip: { on: boolean; axis: 'x' | 'y' | 'z' | 'view'; position: number; flipped: boolean }
  /** Grey values of slices, in standard deviations about the mean. */
  brightness: number
  contrast: number
}

interface Kept {
  readonly maps: Record<string, MapView>
  readonly settings: ViewSettings
  readonly poses: Record<string, CameraPose>
}

const KEY = 'volumes'
const POSES = 40

function startSettings(background: 'dark' | 'light'): ViewSettings {
  return {
    mode: 'surface',
    layout: 'over',
    parallel: true,
    background,
    scaleBar: true,
    axes: true,
    caption: true,
    centred: false,
    dust: 0,
    clip: { on: false, axis: 'z', position: 0.5, flipped: false },
    brightness: 2,
    contrast: 8,
  }
}

/** How maps are looked at in the open project: kept in it, and undone like any other edit. */
export const useViewStore = defineStore('view', () => {
  const preferences = usePreferencesStore()
  const maps = reactive<Record<string, MapView>>({})
  const settings = reactive<ViewSettings>(startSettings(preferences.preferences.background))
  const poses = reactive<Record<string, CameraPose>>({})
  let last = snapshot()

  const project = useProjectStore()
  watch(() => project.project?.folder, () => restore(project.keptView<Partial<Kept>>(KEY)), { immediate: true })

  function restore(kept: Partial<Kept> | undefined): void {
    for (const record of [maps, poses]) for (const key of Object.keys(record)) delete record[key]
    Object.assign(maps, structuredClone(kept?.maps ?? {}))
    Object.assign(poses, structuredClone(kept?.poses ?? {}))
    apply({ maps, settings: { ...startSettings(preferences.preferences.background), ...structuredClone(kept?.settings ?? {}) } })
    last = snapshot()
  }

  function snapshot(): string {
    return JSON.stringify({ maps, settings })
  }

  function apply(state: { maps: Record<string, MapView>; settings: ViewSettings }): void {
    for (const [path, map] of Object.entries(state.maps)) {
      if (maps[path]) Object.assign(maps[path], map)
      else maps[path] = map
    }
    Object.assign(settings, state.settings, { clip: { ...settings.clip, ...state.settings.clip } })
  }

  /** A map's view; made from `start` when nobody has looked at it yet. */
  function ofMap(path: string, start: Omit<MapView, 'level'>): MapView {
    maps[path] ??= { level: undefined, ...start }
    // Read again: what was assigned is not the reactive one.
    return maps[path]
  }

  /** What stands now is meant to stay: kept in the project, one step of undo under this title. */
  function commit(title: string): void {
    const before = last
    const after = snapshot()
    if (before === after) return
    last = after
    keep()
    const back = (state: string) => (): void => {
      apply(JSON.parse(state) as Kept)
      last = snapshot()
      keep()
    }
    useUndoStore().did({ title, undo: back(before), redo: back(after) })
  }

  /** Kept, but nothing that one would take back: the first level of a map, a camera. */
  function settle(): void {
    last = snapshot()
    keep()
  }

  function keepPose(key: string, pose: CameraPose): void {
    poses[key] = pose
    const keys = Object.keys(poses)
    if (keys.length > POSES) delete poses[keys[0]!]
    keep()
  }

  function keep(): void {
    project.keepView(KEY, JSON.parse(JSON.stringify({ maps, settings, poses })))
  }

  return { maps, settings, poses, ofMap, commit, settle, keepPose }
})
