import { useDebounceFn } from '@vueuse/core'
import { computed, onBeforeUnmount, onMounted, ref, type ShallowRef, shallowRef, watch } from 'vue'
import { sentenceOf } from '../../connection/sentence.ts'
import { useActivityStore } from '../../store/activity.ts'
import { usePreferencesStore } from '../../store/preferences.ts'
import { useViewStore } from '../../store/view.ts'
import { type Bounds, type CameraPose, cameraAlong, cameraAxes, frame, joinBounds, turnCamera, type Vector } from '../../vtk/camera-pose.ts'
import { controlByPointer } from '../../vtk/pointer-control.ts'
import { VolumeScene } from '../../vtk/volume-scene.ts'
import { clipPlaneOf } from './clip-plane.ts'
import { ShownMap } from './shown-map.ts'
import { BACKGROUNDS, colorOfRole, colorsTogether, type MapRole } from './view-color.ts'

/** A map to be shown. */
export interface ViewMap {
  readonly path: string
  readonly title: string
  readonly role: MapRole
  readonly level?: number
}

export interface VolumeViewOptions {
  readonly stage: Readonly<ShallowRef<HTMLElement | null>>
  readonly maps: () => readonly ViewMap[]
  /** After every drawing. */
  readonly onRender: (milliseconds: number) => void
}

const SETTLE_MILLISECONDS = 160
const CLOUD_VOXELS = 2_200_000
const UNIT_BOUNDS: Bounds = [-1, 1, -1, 1, -1, 1]

/** What a viewer does: maps in their workers, one scene, and the view state that both follow. */
export function useVolumeView(options: VolumeViewOptions) {
  const view = useViewStore()
  const activity = useActivityStore()
  const preferences = usePreferencesStore()
  const shown = shallowRef<readonly ShownMap[]>([])
  const lost = ref(false)
  const unsupported = ref(false)
  let scene: VolumeScene | undefined
  let release = (): void => {}
  let observer: ResizeObserver | undefined

  const key = computed(() => shown.value.map(({ path }) => path).sort().join('\n'))
  const beside = computed(() => view.settings.layout === 'side' && shown.value.length > 1 && view.settings.mode !== 'slices')
  const offsets = computed<Record<string, Vector>>(() => {
    const first = shown.value[0]?.box?.center
    return Object.fromEntries(
      shown.value.map((map) => {
        const own = map.box?.center
        return [map.path, first && own && (view.settings.centred || beside.value) ? ([0, 1, 2].map((i) => first[i]! - own[i]!) as unknown as Vector) : [0, 0, 0]]
      }),
    )
  })
  const moved = (bounds: Bounds, by: Vector): Bounds => bounds.map((value, i) => value + by[i >> 1]!) as unknown as Bounds
  const boxes = computed(() => joinBounds(shown.value.flatMap((map) => (map.box ? [moved(map.box.bounds, offsets.value[map.path]!)] : []))) ?? UNIT_BOUNDS)
  const surfaces = computed(() => joinBounds(shown.value.flatMap((map) => (map.surfaceBounds.value && map.view.visible ? [moved(map.surfaceBounds.value, offsets.value[map.path]!)] : []))) ?? boxes.value)

  function startMap({ path, title, role, level }: ViewMap, index: number): ShownMap {
    const own = view.ofMap(path, { color: colorOfRole(role, index), opacity: 1, visible: true })
    const map: ShownMap = new ShownMap({
      path,
      title,
      role,
      view: own,
      startLevel: level,
      voxelLimit: preferences.preferences.voxelLimit,
      dust: () => view.settings.dust,
      show: (surface) => {
        scene?.setMesh(path, surface.mesh)
        style(map)
        if (view.settings.clip.on) clip()
        scene?.render()
      },
    })
    void open(map)
    return map
  }

  async function open(map: ShownMap, voxelLimit?: number): Promise<void> {
    const end = activity.begin()
    try {
      const stayed = await Promise.race([map.open(() => first(map), voxelLimit).then(() => true), map.gone.then(() => false)])
      if (!stayed) return
      view.settle()
      if (map.state.error === undefined) activity.clear()
      else activity.fail(map.state.error)
      if (view.settings.mode === 'cloud') await Promise.race([cloud(map), map.gone])
    } finally {
      end()
    }
  }

  // The camera: as it was left, else on what there is to see once everything has its first surface.
  function first(map: ShownMap): void {
    scene?.setBounds(boxes.value)
    const kept = view.poses[key.value]
    if (kept) scene?.setPose({ ...kept, parallel: view.settings.parallel })
    else if (shown.value.every((one) => one === map || one.surfaceBounds.value !== undefined || !one.state.busy)) reset()
  }

  function startPose(): CameraPose {
    const bounds = framed()
    return frame(turnCamera(cameraAlong(2, bounds, { parallel: view.settings.parallel }), -30, -20), bounds, scene?.aspect)
  }

  // What matters is the surface; with slices it is the box.
  function framed(): Bounds {
    return view.settings.mode === 'slices' ? boxes.value : surfaces.value
  }

  function style(map: ShownMap): void {
    const { level, color, opacity, visible } = map.view
    const statistics = map.description.value?.statistics
    scene?.setStyle(map.path, { color, opacity, visible, offset: offsets.value[map.path] ?? [0, 0, 0], level: level ?? 0, maximum: statistics?.maximum ?? 1, floor: statistics?.mean ?? 0 })
  }

  function clip(): void {
    scene?.setClip(view.settings.clip.on && scene ? clipPlaneOf(view.settings.clip, boxes.value, cameraAxes(scene.pose).toEye) : undefined)
  }

  function arrange(): void {
    const paths = shown.value.map(({ path }) => path)
    scene?.arrange(beside.value ? paths.map((path) => [path]) : [paths])
  }

  function paint(): void {
    const { background } = view.settings
    scene?.setBackground(BACKGROUNDS[background === 'light' ? 'light' : 'dark'], background === 'transparent' ? 0 : 1)
  }

  async function cloud(map: ShownMap): Promise<void> {
    if (view.settings.mode !== 'cloud') {
      scene?.setCloud(map.path, undefined)
      return
    }
    if (!scene || scene.hasCloud(map.path) || !map.description.value) return
    try {
      const grid = await map.source.dense(CLOUD_VOXELS)
      if (view.settings.mode !== 'cloud' || !shown.value.includes(map)) return
      scene?.setCloud(map.path, grid)
      style(map)
    } catch (error) {
      map.state.error = sentenceOf(error)
    }
  }

  /** Moves the camera; `moving` while more is to come. */
  function setPose(pose: CameraPose, moving = false): void {
    scene?.setPose(pose, moving)
    if (view.settings.clip.on && view.settings.clip.axis === 'view') clip()
    void keepPose()
  }
  const keepPose = useDebounceFn(() => {
    if (scene && shown.value.length > 0) view.keepPose(key.value, scene.pose)
  }, 500)

  function reset(): void {
    scene?.setBounds(boxes.value)
    if (scene) setPose(startPose())
  }

  /** The panes are others: the same direction, everything in sight. */
  function refit(): void {
    if (scene && shown.value.some(({ surfaceBounds }) => surfaceBounds.value)) setPose(frame(scene.pose, framed(), scene.aspect))
  }

  /** How far the boxes' centres are apart. */
  const apart = computed(() => {
    const [first, ...others] = shown.value.flatMap(({ box }) => (box ? [box.center] : []))
    return first ? Math.max(0, ...others.map((center) => Math.hypot(center[0] - first[0], center[1] - first[1], center[2] - first[2]))) : 0
  })

  function lookAlong(axis: 0 | 1 | 2, fromBehind = false): void {
    setPose(cameraAlong(axis, framed(), { parallel: view.settings.parallel, fromBehind, ...(scene ? { aspect: scene.aspect } : {}) }))
  }

  /** The level of a map, or what else its surface needs, stays. */
  const settleLater = useDebounceFn(() => void Promise.all(shown.value.map((map) => map.settle())), SETTLE_MILLISECONDS)

  onMounted(() => {
    try {
      scene = new VolumeScene(options.stage.value!, { onRender: options.onRender, onLost: (now) => (lost.value = now) })
      release = controlByPointer(options.stage.value!, { pose: () => scene!.pose, move: (pose) => setPose(pose, true), reset })
      observer = new ResizeObserver(() => scene?.draw())
      observer.observe(options.stage.value!)
    } catch {
      unsupported.value = true
    }
    paint()
    watch(options.maps, take, { immediate: true, deep: true })
  })

  function take(maps: readonly ViewMap[]): void {
    const paths = new Set(maps.map(({ path }) => path))
    for (const map of shown.value) {
      if (paths.has(map.path)) continue
      scene?.remove(map.path)
      map.dispose()
    }
    const kept = new Map(shown.value.map((map) => [map.path, map]))
    let others = 0
    shown.value = maps.map((map) => {
      const index = map.role === 'other' ? others++ : 0
      return kept.get(map.path) ?? startMap(map, index)
    })
    colorsTogether(shown.value.map(({ role, view: { color } }) => ({ role, color }))).forEach((color, i) => (shown.value[i]!.view.color = color))
    arrange()
  }

  watch(
    () => shown.value.map(({ view: { level } }) => level),
    (levels, before) => {
      const maps = shown.value
      levels.forEach((level, i) => {
        if (level === before[i] || before[i] === undefined || levels.length !== before.length || maps[i]!.view.level === undefined) return
        if (view.settings.mode === 'cloud') style(maps[i]!)
        maps[i]!.drag()
      })
      void settleLater()
    },
  )
  watch(
    () => view.settings.dust,
    () => {
      for (const map of shown.value) map.drag()
      void settleLater()
    },
  )
  watch([() => shown.value.map(({ view: { color, opacity, visible } }) => [color, opacity, visible]), offsets], () => shown.value.forEach(style), { deep: true })
  watch([beside, () => shown.value.length], () => {
    arrange()
    refit()
  })
  watch(() => view.settings.mode === 'slices', refit, { flush: 'post' })
  watch(() => view.settings.mode, () => void Promise.all(shown.value.map(cloud)))
  watch([() => view.settings.clip, boxes], clip, { deep: true })
  watch(boxes, (bounds) => scene?.setBounds(bounds))
  watch(() => view.settings.background, paint)
  watch(() => view.settings.parallel, (parallel) => scene && setPose({ ...scene.pose, parallel }))

  onBeforeUnmount(() => {
    observer?.disconnect()
    release()
    for (const map of shown.value) map.dispose()
    scene?.dispose()
    scene = undefined
  })

  return { view, shown, lost, unsupported, boxes, beside, apart, setPose, reset, lookAlong, open, settleLater, pose: () => scene?.pose, scene: () => scene }
}
