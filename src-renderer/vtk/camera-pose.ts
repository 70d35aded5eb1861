export type Vector = readonly [number, number, number]

/** x low, x high, y low, y high, z low, z high. */
export type Bounds = readonly [number, number, number, number, number, number]

/** Where the eye is and what it looks at; lengths in the maps' unit. */
export interface CameraPose {
  readonly focalPoint: Vector
  readonly position: Vector
  readonly viewUp: Vector
  /** Degrees from the lower to the upper edge; with a parallel projection the height is that at the focal point. */
  readonly viewAngle: number
  readonly parallel: boolean
}

export const VIEW_ANGLE = 26

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
const plus = (a: Vector, b: Vector, factor = 1): Vector => [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]]
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
const unit = (a: Vector): Vector => plus([0, 0, 0], a, 1 / (Math.hypot(...a) || 1))

/** Unit vectors on the screen: right, up, and towards the eye. */
export function cameraAxes(pose: CameraPose): { right: Vector; up: Vector; toEye: Vector } {
  const toEye = unit(minus(pose.position, pose.focalPoint))
  const right = unit(cross(pose.viewUp, toEye))
  return { right, up: cross(toEye, right), toEye }
}

export function cameraDistance(pose: CameraPose): number {
  return Math.hypot(...minus(pose.position, pose.focalPoint))
}

/** Half of the height that is seen at the focal point. */
export function halfHeight(pose: CameraPose): number {
  return cameraDistance(pose) * Math.tan((pose.viewAngle * Math.PI) / 360)
}

/** Rodrigues: a vector turned about a unit axis. */
function turned(vector: Vector, axis: Vector, degrees: number): Vector {
  const angle = (degrees * Math.PI) / 180
  const along = plus([0, 0, 0], axis, dot(axis, vector) * (1 - Math.cos(angle)))
  return plus(plus(along, vector, Math.cos(angle)), cross(axis, vector), Math.sin(angle))
}

/** The object follows the hand: `right` and `up` degrees about the screen's axes, `roll` about the line of sight. */
export function turnCamera(pose: CameraPose, right: number, up: number, roll = 0): CameraPose {
  const axes = cameraAxes(pose)
  const turn = (vector: Vector): Vector => turned(turned(turned(vector, axes.up, -right), axes.right, up), axes.toEye, roll)
  return { ...pose, position: plus(pose.focalPoint, turn(minus(pose.position, pose.focalPoint))), viewUp: unit(turn(axes.up)) }
}

/** Moves what is seen by so much to the right and up on the screen. */
export function panCamera(pose: CameraPose, right: number, up: number): CameraPose {
  const axes = cameraAxes(pose)
  const move = (point: Vector): Vector => plus(plus(point, axes.right, -right), axes.up, -up)
  return { ...pose, position: move(pose.position), focalPoint: move(pose.focalPoint) }
}

/** Everything appears `factor` times as large. */
export function zoomCamera(pose: CameraPose, factor: number): CameraPose {
  return { ...pose, position: plus(pose.focalPoint, minus(pose.position, pose.focalPoint), 1 / factor) }
}

/** Looks along an axis (0 = x) from its positive end, y up (z up where it looks along y), at everything within the bounds. */
export function cameraAlong(axis: 0 | 1 | 2, bounds: Bounds, options: { parallel: boolean; fromBehind?: boolean; aspect?: number }): CameraPose {
  const toEye: Vector = [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0]
  const viewUp: Vector = axis === 2 ? [0, 1, 0] : [0, 0, 1]
  const sign = options.fromBehind === true ? -1 : 1
  return frame({ focalPoint: [0, 0, 0], position: plus([0, 0, 0], toEye, sign), viewUp, viewAngle: VIEW_ANGLE, parallel: options.parallel }, bounds, options.aspect)
}

/** Keeps the direction and puts what fills the bounds into a picture that is `aspect` times as wide as high. */
export function frame(pose: CameraPose, bounds: Bounds, aspect = 1): CameraPose {
  const center: Vector = [(bounds[0] + bounds[1]) / 2, (bounds[2] + bounds[3]) / 2, (bounds[4] + bounds[5]) / 2]
  const longest = Math.max(bounds[1] - bounds[0], bounds[3] - bounds[2], bounds[5] - bounds[4])
  // Particles are round: between the sphere in the box and the one around it.
  const radius = (0.5 * (boundsRadius(bounds) + longest / 2) * 1.1) / Math.min(1, aspect)
  const distance = radius / Math.sin((pose.viewAngle * Math.PI) / 360)
  const { toEye, up } = cameraAxes(pose)
  return { ...pose, focalPoint: center, position: plus(center, toEye, distance), viewUp: up }
}

export function boundsRadius(bounds: Bounds): number {
  return Math.max(1e-6, Math.hypot(bounds[1] - bounds[0], bounds[3] - bounds[2], bounds[5] - bounds[4]) / 2)
}

/** The bounds of everything in either. */
export function joinBounds(all: readonly Bounds[]): Bounds | undefined {
  if (all.length === 0) return undefined
  return [0, 1, 2, 3, 4, 5].map((i) => (i % 2 === 0 ? Math.min(...all.map((one) => one[i]!)) : Math.max(...all.map((one) => one[i]!)))) as unknown as Bounds
}
