import { steerableBasis, type SteerableBasis } from '../basis/steerable.ts'
import { requireInput } from '../error.ts'
import { addSums, backgroundVariance, emptySums, type MomentSums } from './moment-sums.ts'

/** How moments were taken: everything that two sets must share to be merged. */
export interface MomentSpecification {
  readonly boxSize: number
  /** Angstrom */
  readonly pixelSize: number
  /** Disc radius, voxels. */
  readonly radius: number
  /** Band limit of M1 and M2, rad per voxel. */
  readonly maxFrequency: number
  /** Band limit of M3; undefined when it was not taken. */
  readonly thirdMaxFrequency: number | undefined
}

/** Sums of a part of one half-set. */
export interface MomentPart {
  readonly half: 1 | 2
  readonly sums: MomentSums
}

/** Moment sums of a data set in parts: halves for gold-standard comparison, several of each for resampling. */
export interface MomentSet {
  readonly specification: MomentSpecification
  readonly parts: readonly MomentPart[]
  /** Noise variance per pixel, and where it is from. */
  readonly noiseVariance: number
  readonly noiseSource: 'given' | 'background'
  /** What the moments were taken from: hashes, names, settings. Plain JSON. */
  readonly provenance: Readonly<Record<string, unknown>>
}

export interface MomentBases {
  readonly basis: SteerableBasis
  readonly thirdBasis: SteerableBasis | undefined
}

// They take a second for a large box, and one data set is worked on at a time.
let latest: { readonly key: string; readonly bases: MomentBases } | undefined

/** The bases of a specification: the same numbers wherever they are built. The latest ones are kept. */
export function momentBases(specification: MomentSpecification): MomentBases {
  const { boxSize, radius, maxFrequency, thirdMaxFrequency } = specification
  const key = [boxSize, radius, maxFrequency, thirdMaxFrequency].join()
  if (latest?.key !== key) {
    const basis = steerableBasis({ boxSize, radius, maxFrequency })
    const thirdBasis = thirdMaxFrequency === undefined ? undefined : steerableBasis({ boxSize, radius, maxFrequency: thirdMaxFrequency })
    latest = { key, bases: { basis, thirdBasis } }
  }
  return latest.bases
}

/** Sums over the parts that `select` keeps (default: all). */
export function combineParts(set: MomentSet, bases: MomentBases, select: (part: MomentPart, index: number) => boolean = () => true): MomentSums {
  const total = emptySums(bases.basis, bases.thirdBasis?.counts)
  set.parts.forEach((part, index) => {
    if (select(part, index)) addSums(total, part.sums)
  })
  return total
}

/** Noise variance from the corners, refused in words when there are none or they are empty. */
export function estimateNoise(sums: MomentSums, specification: MomentSpecification): number {
  const variance = backgroundVariance(sums, specification.boxSize, specification.radius)
  requireInput(variance > 0, () => `the noise cannot be estimated: the pixels outside the disc of radius ${specification.radius} px hold ${Number.isNaN(variance) ? 'no values' : 'only constant values'}; give sigma`, { found: variance })
  return variance
}
