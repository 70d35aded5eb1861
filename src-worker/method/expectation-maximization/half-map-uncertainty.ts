import { boxBlur } from '#core/volume/box-blur.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { crossing } from './shell-correlation.ts'

/** What two half-maps say of the map of all images. */
export interface HalfMapUncertainty {
  /** Standard deviation per voxel, in the map's units. */
  readonly deviation: Volume
  /** Where the FSC of the map with the unknown truth is expected, per shell up to the last band. */
  readonly fscBand: readonly { readonly shell: number; readonly low: number; readonly median: number; readonly high: number }[]
  /** Shell at which that falls below 0.5. */
  readonly shell05: { readonly low: number; readonly high: number }
}

/** Standard errors on either side of the half-map correlation. */
const ERRORS = 1.64

/**
 * Range of the FSC between the map of all images and the truth, from the correlation F of two half-maps. Were all errors
 * of the halves independent it would be `sqrt(2 F / (1 + F))` (Rosenthal and Henderson 2003); were their errors as much
 * shared as both maps' signal is, no more than F: refinement from one start, and what prior and pose errors take from both
 * alike, lie between (README.md). Each end is moved outwards by 1.64 standard errors of F, `1 / sqrt(n)` in atanh F with n =
 * (0.7 kappa R)^2 harmonics that a particle of radius R has at frequency kappa.
 */
export function expectedFsc(fsc: ArrayLike<number>, options: { boxSize: number; radius: number; band: number }): HalfMapUncertainty['fscBand'] {
  const last = Math.min(fsc.length - 1, Math.floor(options.band))
  return Array.from({ length: last }, (_, i) => {
    const shell = i + 1
    const half = Math.min(0.9999, Math.max(0, fsc[shell]!))
    const error = ERRORS / Math.max(2, (0.7 * 2 * Math.PI * shell * options.radius) / options.boxSize)
    const whole = (value: number): number => Math.sqrt((2 * Math.max(0, value)) / (1 + Math.max(0, value)))
    return { shell, low: Math.max(0, Math.tanh(Math.atanh(half) - error)), median: 0.5 * (half + whole(half)), high: whole(Math.tanh(Math.atanh(half) + error)) }
  })
}

/**
 * Range of the FSC (`expectedFsc`) and the standard deviation per voxel: half the half-maps' difference, its square averaged
 * over a neighbourhood of the resolution's size (one difference of two says nothing by itself). Errors that both halves share
 * are not in it.
 */
export function halfMapUncertainty(halves: readonly [Volume, Volume], fsc: ArrayLike<number>, options: { radius: number; band: number }): HalfMapUncertainty {
  const [a, b] = halves
  const boxSize = a.size
  const reach = Math.max(1, Math.round(boxSize / (2 * Math.max(2, crossing(fsc, 0.143)))))
  const squares = a.data.map((value, i) => 0.25 * (value - b.data[i]!) ** 2)
  const fscBand = expectedFsc(fsc, { boxSize, ...options })
  const ends = (['low', 'high'] as const).map((end) => crossing([1, ...fscBand.map((entry) => entry[end])], 0.5))
  return { deviation: makeVolume(boxSize, a.voxelSize, boxBlur(squares, boxSize, reach).map((value) => Math.sqrt(Math.max(0, value)))), fscBand, shell05: { low: ends[0]!, high: ends[1]! } }
}
