import { type CameraPose, halfHeight, panCamera, turnCamera, zoomCamera } from '../../vtk/camera-pose.ts'

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

/** Where a key takes the camera: arrows turn (Shift finer, Alt moves), plus and minus zoom. Undefined for other keys. */
export function stepPose(pose: CameraPose, event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>): CameraPose | undefined {
  if (event.ctrlKey || event.metaKey) return undefined
  if (event.key === '+' || event.key === '=') return zoomCamera(pose, 1.15)
  if (event.key === '-' || event.key === '_') return zoomCamera(pose, 1 / 1.15)
  const step = ARROWS[event.key]
  if (!step) return undefined
  const [right, up] = step
  if (event.altKey) {
    const far = halfHeight(pose) * (event.shiftKey ? 0.02 : 0.1)
    return panCamera(pose, right * far, up * far)
  }
  const degrees = event.shiftKey ? 2 : 15
  return turnCamera(pose, right * degrees, up * degrees)
}
