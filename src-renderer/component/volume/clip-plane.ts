import { type Bounds, boundsRadius, type Vector } from '../../vtk/camera-pose.ts'

/** A cut through the bounds: hides what lies beyond `position` (0 to 1 along the axis), or before it when flipped. */
export function clipPlaneOf(clip: { axis: 'x' | 'y' | 'z' | 'view'; position: number; flipped: boolean }, bounds: Bounds, toEye: Vector): { origin: Vector; normal: Vector } {
  const center: Vector = [(bounds[0] + bounds[1]) / 2, (bounds[2] + bounds[3]) / 2, (bounds[4] + bounds[5]) / 2]
  const axis = { x: 0, y: 1, z: 2, view: -1 }[clip.axis]
  const direction: Vector = axis < 0 ? toEye : [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0]
  const extent = axis < 0 ? 2 * boundsRadius(bounds) : bounds[2 * axis + 1]! - bounds[2 * axis]!
  const along = (clip.position - 0.5) * extent
  const sign = clip.flipped ? 1 : -1
  return {
    origin: [center[0] + along * direction[0], center[1] + along * direction[1], center[2] + along * direction[2]],
    normal: [sign * direction[0], sign * direction[1], sign * direction[2]],
  }
}
