import { computed, type ComputedRef, type ShallowRef, watch } from 'vue'
import { usePreferencesStore } from '../../store/preferences.ts'
import { useViewStore } from '../../store/view.ts'
import { volumeText } from '../../text/english/volume.ts'
import type { CameraPose } from '../../vtk/camera-pose.ts'
import { fractionOfLevel, sigmaOfLevel } from '../../vtk/level-scale.ts'
import { drawOverlay, type OverlayCaption } from '../../vtk/overlay-drawing.ts'
import { readable } from './number-form.ts'
import type { ShownMap } from './shown-map.ts'

export interface StageOverlayOptions {
  readonly canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>
  readonly shown: Readonly<ShallowRef<readonly ShownMap[]>>
  /** One pane per map. */
  readonly beside: ComputedRef<boolean>
  readonly pose: () => CameraPose | undefined
}

/** What stands over the picture: captions, scale bar, axes. Drawn after every picture and whenever it says something else. */
export function useStageOverlay({ canvas, shown, beside, pose }: StageOverlayOptions) {
  const { settings } = useViewStore()
  const preferences = usePreferencesStore()
  const dark = computed(() => settings.background === 'dark' || (settings.background === 'transparent' && preferences.theme === 'dark'))
  const knownSize = computed(() => shown.value.every(({ description }) => description.value?.voxelSize !== null))
  const unit = computed(() => volumeText.unit(knownSize.value))
  const captions = computed<OverlayCaption[][]>(() => {
    const lines = shown.value.map(captionOf)
    return beside.value ? lines : [lines.flat()]
  })
  const content = computed(() => ({ dark: dark.value, scaleBar: settings.scaleBar, axes: settings.axes, unit: unit.value, captions: captions.value }))

  function draw(): void {
    const now = pose()
    if (!canvas.value || !now) return
    const ratio = Math.min(2, window.devicePixelRatio || 1)
    const { clientWidth: width, clientHeight: height } = canvas.value
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (canvas.value.width !== w || canvas.value.height !== h) [canvas.value.width, canvas.value.height] = [w, h]
    const written = settings.caption ? captions.value : captions.value.map(() => [])
    drawOverlay(canvas.value.getContext('2d')!, { ...content.value, captions: written, width, height, ratio, pose: now, font: getComputedStyle(canvas.value).fontFamily })
  }
  watch([content, () => settings.caption], draw)

  return { draw, content, dark, unit }
}

/** Level in three ways and the voxel size, of a map that is seen. */
function captionOf({ title, view, description }: ShownMap): OverlayCaption[] {
  const map = description.value
  if (!map || view.level === undefined || !view.visible) return []
  const voxel = volumeText.voxelSize(map.voxelSize ? readable(map.voxelSize[0], 3) : null)
  return [{ color: view.color, text: volumeText.captionOf(title, readable(view.level), readable(sigmaOfLevel(map, view.level), 3), readable(fractionOfLevel(map, view.level) * 100, 3), voxel) }]
}
