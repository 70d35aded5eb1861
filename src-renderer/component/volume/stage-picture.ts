import type { CameraPose } from '../../vtk/camera-pose.ts'
import { drawOver, type OverlayCaption } from '../../vtk/overlay-drawing.ts'
import type { VolumeScene } from '../../vtk/volume-scene.ts'

export interface PictureOptions {
  readonly scale: number
  readonly transparent: boolean
  readonly caption: boolean
}

export interface StagePicture {
  readonly scene: VolumeScene
  /** The element that holds everything, and the one in it that the scene is drawn in. */
  readonly frame: HTMLElement
  readonly stage: HTMLElement
  /** Drawn where they stand in the frame: slices. */
  readonly canvases: readonly HTMLCanvasElement[]
  readonly background: string
  readonly overlay: { dark: boolean; scaleBar: boolean; axes: boolean; unit: string; captions: readonly (readonly OverlayCaption[])[] }
}

/** What is shown, as a PNG of `scale` times as many pixels each way as on the screen. */
export function stagePicture(what: StagePicture, options: PictureOptions): Promise<Blob> {
  const { scene, frame, stage, overlay } = what
  const drawn = scene.picture(options.scale, options.transparent)
  const factor = drawn.width / Math.max(1, stage.clientWidth)
  const home = frame.getBoundingClientRect()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(home.width * factor)
  canvas.height = Math.round(home.height * factor)
  const context = canvas.getContext('2d')!
  if (!options.transparent) {
    context.fillStyle = what.background
    context.fillRect(0, 0, canvas.width, canvas.height)
  }
  const placed = (element: Element): [number, number, number, number] => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return [(left - home.left) * factor, (top - home.top) * factor, width * factor, height * factor]
  }
  context.drawImage(drawn, ...placed(stage))
  for (const slice of what.canvases) context.drawImage(slice, ...placed(slice))
  const written = document.createElement('canvas')
  ;[written.width, written.height] = [drawn.width, drawn.height]
  drawOver(written.getContext('2d')!, {
    ...overlay,
    captions: options.caption ? overlay.captions : overlay.captions.map(() => []),
    width: stage.clientWidth,
    height: stage.clientHeight,
    ratio: factor,
    pose: scene.pose satisfies CameraPose,
    font: getComputedStyle(stage).fontFamily,
  })
  context.drawImage(written, ...placed(stage))
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'))
}

/** Hands a file to the browser. */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
