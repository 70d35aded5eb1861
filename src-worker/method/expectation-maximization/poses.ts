import type { BandPlan } from './band-plan.ts'
import type { Posterior } from './image-set.ts'

/** Best orientation of every image, RELION's angles in radians, and the posterior probability of that grid point. */
export interface PoseEstimates {
  readonly rot: Float64Array
  readonly tilt: Float64Array
  readonly psi: Float64Array
  readonly probability: Float32Array
  /** Posterior mean of what is to be added to the picture's position to centre it, pixels; 0 where it was not looked for. */
  readonly originX: Float64Array
  readonly originY: Float64Array
}

/**
 * Poses of the best grid points. The template of a direction is its slice at psi = 0; a picture turned by +gamma has psi
 * = -gamma, and the angle index g stands for gamma = -2 pi g / angles. The opposite of (rot, tilt) is (rot + pi, pi - tilt).
 */
export function posesOf({ best, offsetMeans }: Pick<Posterior, 'best' | 'offsetMeans'>, plan: BandPlan): PoseEstimates {
  const count = best.direction.length
  const rot = new Float64Array(count)
  const tilt = new Float64Array(count)
  const psi = new Float64Array(count)
  const { directions } = plan.grid
  for (let i = 0; i < count; i++) {
    const at = 3 * best.direction[i]!
    const azimuth = Math.atan2(directions[at + 1]!, directions[at]!)
    const polar = Math.acos(Math.min(1, Math.max(-1, directions[at + 2]!)))
    const behind = best.opposite[i] === 1
    rot[i] = wrapped(behind ? azimuth + Math.PI : azimuth)
    tilt[i] = behind ? Math.PI - polar : polar
    psi[i] = wrapped((2 * Math.PI * best.angle[i]!) / plan.layout.angles)
  }
  const origin = (axis: number): Float64Array => Float64Array.from({ length: count }, (_, i) => offsetMeans?.[2 * i + axis] ?? 0)
  return { rot, tilt, psi, probability: best.probability, originX: origin(0), originY: origin(1) }
}

function wrapped(angle: number): number {
  return angle > Math.PI ? angle - 2 * Math.PI : angle
}
