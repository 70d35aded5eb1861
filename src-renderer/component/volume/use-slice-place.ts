import { computed, type ComputedRef, reactive, watch } from 'vue'
import { useViewStore } from '../../store/view.ts'
import type { Vector } from '../../vtk/camera-pose.ts'
import { AXIS_COLORS } from '../../vtk/overlay-drawing.ts'
import type { VolumeScene } from '../../vtk/volume-scene.ts'
import { frameOf, type ShownMap } from './shown-map.ts'

export interface SlicePlaceOptions {
  readonly chosen: ComputedRef<ShownMap | undefined>
  readonly dark: ComputedRef<boolean>
  readonly scene: () => VolumeScene | undefined
}

/** Where the three planes of the chosen map stand (indices along x, y, z), and their outlines in space. */
export function useSlicePlace({ chosen, dark, scene }: SlicePlaceOptions) {
  const { settings } = useViewStore()
  const places = reactive<Record<string, Vector>>({})
  const place = computed<Vector>({
    get: () => places[chosen.value?.path ?? ''] ?? ((chosen.value?.description.value?.dimensions ?? [1, 1, 1]).map((n) => Math.floor(n / 2)) as unknown as Vector),
    set: (value) => {
      if (chosen.value) places[chosen.value.path] = value
    },
  })
  watch([place, () => settings.mode, () => chosen.value?.description.value, dark], outline, { flush: 'post' })

  function outline(): void {
    const description = chosen.value?.description.value
    if (settings.mode !== 'slices' || !description) {
      scene()?.setOutlines([])
      return
    }
    const { origin, spacing } = frameOf(description)
    const colors = AXIS_COLORS[dark.value ? 'dark' : 'light']
    const rectangles = [0, 1, 2].map((axis) => ({
      color: colors[axis]!,
      corners: CORNERS.map((ends) => {
        const [u, v] = [0, 1, 2].filter((i) => i !== axis)
        const index = (i: number): number => (i === axis ? place.value[axis]! : (description.dimensions[i]! - 1) * (i === u ? ends[0] : i === v ? ends[1] : 0))
        return [0, 1, 2].map((i) => origin[i]! + index(i) * spacing[i]!) as unknown as Vector
      }),
    }))
    scene()?.setOutlines(rectangles)
  }

  return place
}

// Around a rectangle.
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const
