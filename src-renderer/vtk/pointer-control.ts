import { type CameraPose, halfHeight, panCamera, turnCamera, zoomCamera } from './camera-pose.ts'

export interface PointerControlOptions {
  readonly pose: () => CameraPose
  readonly move: (pose: CameraPose) => void
  readonly end?: () => void
  readonly reset?: () => void
}

const DEGREES_PER_ELEMENT = 220

/**
 * Mouse, pen and fingers on a scene: drag turns, with Shift, the right or the middle button it moves, with Ctrl it rolls;
 * the wheel and two fingers zoom; a double click shows everything. Gives the function that ends it.
 */
export function controlByPointer(element: HTMLElement, options: PointerControlOptions): () => void {
  const held = new Map<number, { x: number; y: number }>()
  let kind: 'turn' | 'pan' | 'roll' = 'turn'

  function down(event: PointerEvent): void {
    if (held.size === 0) kind = event.button === 1 || event.button === 2 || event.shiftKey ? 'pan' : event.ctrlKey || event.metaKey ? 'roll' : 'turn'
    held.set(event.pointerId, { x: event.clientX, y: event.clientY })
    element.setPointerCapture(event.pointerId)
    element.focus({ preventScroll: true })
    event.preventDefault()
  }

  function moved(event: PointerEvent): void {
    const last = held.get(event.pointerId)
    if (!last) return
    const dx = event.clientX - last.x
    const dy = event.clientY - last.y
    if (held.size === 2) pinch(event, last)
    held.set(event.pointerId, { x: event.clientX, y: event.clientY })
    const { width, height } = element.getBoundingClientRect()
    const side = Math.max(1, Math.min(width, height))
    const perPixel = (2 * halfHeight(options.pose())) / Math.max(1, height)
    if (held.size === 2) options.move(panCamera(options.pose(), (dx / 2) * perPixel, (-dy / 2) * perPixel))
    else if (kind === 'pan') options.move(panCamera(options.pose(), dx * perPixel, -dy * perPixel))
    else if (kind === 'roll') options.move(turnCamera(options.pose(), 0, 0, (dx * DEGREES_PER_ELEMENT) / side))
    else options.move(turnCamera(options.pose(), (dx * DEGREES_PER_ELEMENT) / side, (-dy * DEGREES_PER_ELEMENT) / side))
  }

  function pinch(event: PointerEvent, last: { x: number; y: number }): void {
    const other = [...held].find(([id]) => id !== event.pointerId)![1]
    const before = Math.hypot(last.x - other.x, last.y - other.y)
    const after = Math.hypot(event.clientX - other.x, event.clientY - other.y)
    if (before > 8 && after > 8) options.move(zoomCamera(options.pose(), after / before))
  }

  function up(event: PointerEvent): void {
    if (held.delete(event.pointerId) && held.size === 0) options.end?.()
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 30 : event.deltaY
    options.move(zoomCamera(options.pose(), Math.exp(-Math.max(-300, Math.min(300, lines)) * 0.0015)))
    options.end?.()
  }

  const noMenu = (event: Event): void => event.preventDefault()
  const reset = (): void => options.reset?.()
  element.addEventListener('pointerdown', down)
  element.addEventListener('pointermove', moved)
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('wheel', wheel, { passive: false })
  element.addEventListener('contextmenu', noMenu)
  element.addEventListener('dblclick', reset)
  return () => {
    element.removeEventListener('pointerdown', down)
    element.removeEventListener('pointermove', moved)
    element.removeEventListener('pointerup', up)
    element.removeEventListener('pointercancel', up)
    element.removeEventListener('wheel', wheel)
    element.removeEventListener('contextmenu', noMenu)
    element.removeEventListener('dblclick', reset)
  }
}
