import { type CameraPose, cameraAxes, halfHeight } from './camera-pose.ts'
import { scaleBar } from './scale-bar.ts'

export interface OverlayCaption {
  readonly text: string
  readonly color: string
}

export interface OverlayOptions {
  /** Size in CSS pixels, and how many pixels of the canvas one of them is. */
  readonly width: number
  readonly height: number
  readonly ratio: number
  readonly pose: CameraPose
  readonly dark: boolean
  readonly scaleBar: boolean
  readonly axes: boolean
  readonly unit: string
  /** Lines of every pane, from left to right. */
  readonly captions: readonly (readonly OverlayCaption[])[]
  readonly font: string
}

const MARGIN = 14
const AXIS_LENGTH = 26
/** x red, y green, z blue, as everywhere; readable on both backgrounds. */
export const AXIS_COLORS = { dark: ['#ff7d6e', '#7fd48a', '#7db7ff'], light: ['#c8382a', '#2c8a3d', '#2563c9'] } as const

/** Scale bar, axes and captions over a picture; the same on the screen and in a file. */
export function drawOverlay(context: CanvasRenderingContext2D, options: OverlayOptions): void {
  const { width, height, ratio } = options
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  drawOver(context, options)
}

/** The same without clearing what is there. */
export function drawOver(context: CanvasRenderingContext2D, options: OverlayOptions): void {
  const { ratio, width, captions } = options
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const pane = width / Math.max(1, captions.length)
  captions.forEach((lines, index) => drawCaption(context, options, lines, index * pane))
  if (captions.length > 1) drawDivider(context, options, pane)
  if (options.axes) drawAxes(context, options)
  if (options.scaleBar) drawScaleBar(context, options)
}

function ink(options: OverlayOptions, alpha = 1): string {
  return options.dark ? `rgb(232 237 242 / ${alpha})` : `rgb(24 30 37 / ${alpha})`
}

function drawCaption(context: CanvasRenderingContext2D, options: OverlayOptions, lines: readonly OverlayCaption[], left: number): void {
  context.font = `500 12px ${options.font}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  lines.forEach((line, index) => {
    const y = MARGIN + 4 + index * 19
    context.fillStyle = line.color
    context.beginPath()
    context.roundRect(left + MARGIN, y - 5, 10, 10, 2.5)
    context.fill()
    context.fillStyle = ink(options, 0.92)
    context.fillText(line.text, left + MARGIN + 17, y + 0.5, options.width / options.captions.length - 2 * MARGIN - 17)
  })
}

function drawDivider(context: CanvasRenderingContext2D, options: OverlayOptions, pane: number): void {
  context.strokeStyle = ink(options, 0.18)
  context.lineWidth = 1
  for (let i = 1; i < options.captions.length; i++) {
    context.beginPath()
    context.moveTo(Math.round(i * pane) + 0.5, 0)
    context.lineTo(Math.round(i * pane) + 0.5, options.height)
    context.stroke()
  }
}

function drawScaleBar(context: CanvasRenderingContext2D, options: OverlayOptions): void {
  const { width, height, pose } = options
  const bar = scaleBar((2 * halfHeight(pose)) / Math.max(1, height), Math.min(150, width / options.captions.length / 3))
  if (bar.pixels < 4) return
  const right = width - MARGIN
  const y = height - MARGIN
  context.strokeStyle = ink(options, 0.9)
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(right - bar.pixels, y - 4)
  context.lineTo(right - bar.pixels, y)
  context.lineTo(right, y)
  context.lineTo(right, y - 4)
  context.stroke()
  context.font = `500 12px ${options.font}`
  context.fillStyle = ink(options, 0.92)
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  context.fillText(`${bar.length.toLocaleString('en')} ${options.unit}`, right - bar.pixels / 2, y - 7)
}

function drawAxes(context: CanvasRenderingContext2D, options: OverlayOptions): void {
  const { right, up, toEye } = cameraAxes(options.pose)
  const center = { x: MARGIN + AXIS_LENGTH + 8, y: options.height - MARGIN - AXIS_LENGTH - 8 }
  const colors = AXIS_COLORS[options.dark ? 'dark' : 'light']
  const axes = (['x', 'y', 'z'] as const).map((name, i) => ({ name, x: right[i]!, y: up[i]!, depth: toEye[i]!, color: colors[i]! })).sort((a, b) => a.depth - b.depth)
  context.lineCap = 'round'
  for (const axis of axes) {
    const tip = { x: center.x + AXIS_LENGTH * axis.x, y: center.y - AXIS_LENGTH * axis.y }
    context.globalAlpha = axis.depth < -0.05 ? 0.5 : 1
    context.strokeStyle = axis.color
    context.fillStyle = axis.color
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(center.x, center.y)
    context.lineTo(tip.x, tip.y)
    context.stroke()
    context.font = `600 11px ${options.font}`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    // A label at the end of the axis; one that points at the eye stands beside it.
    const length = Math.hypot(axis.x, axis.y)
    const away = length > 0.25 ? { x: axis.x / length, y: axis.y / length } : { x: -0.75, y: -0.75 }
    context.fillText(axis.name, tip.x + 9 * away.x, tip.y - 9 * away.y)
  }
  context.globalAlpha = 1
}
