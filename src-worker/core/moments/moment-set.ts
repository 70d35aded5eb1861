import { steerableBasis, type SteerableBasis } from '../basis/steerable.ts'
import { requireInput } from '../error.ts'
import { addCartesianSums, cartesianGrid, emptyCartesianSums, type CartesianForm, type CartesianSums } from './cartesian.ts'
import type { TransferGroup } from './transfer.ts'
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
  /** Points of the Cartesian form, when it was taken too. */
  readonly cartesian?: CartesianForm | undefined
}

/** Sums of a part of one half-set. */
export interface MomentPart {
  readonly half: 1 | 2
  readonly sums: MomentSums
  /** Images of every transfer group, where the set has them. */
  readonly groupCounts?: Float64Array
}

export type NoiseSource = 'given' | 'background' | 'spectrum'

/** Moment sums of a data set in parts: halves for gold-standard comparison, several of each for resampling. */
export interface MomentSet {
  readonly specification: MomentSpecification
  readonly parts: readonly MomentPart[]
  /**
   * Where images were multiplied by their transfer (CTF, whitening) before they were summed: the groups of transfers.
   * The pixel sums are those of the images as they were. `effectiveMoments` makes of it what can be inverted.
   */
  readonly transfer?: readonly TransferGroup[] | undefined
  /** Sums of the two half-sets in the Cartesian form, when the specification has it. */
  readonly cartesian?: readonly [CartesianSums, CartesianSums] | undefined
  /** Noise variance per pixel, and where it is from; 1 of whitened images. */
  readonly noiseVariance: number
  readonly noiseSource: NoiseSource
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

/** Sums of no images for the two half-sets, where the specification asks for the Cartesian form. */
export function emptyCartesianHalves({ boxSize, cartesian }: MomentSpecification): readonly [CartesianSums, CartesianSums] | undefined {
  if (!cartesian) return undefined
  const grid = cartesianGrid(boxSize, cartesian)
  return [emptyCartesianSums(grid), emptyCartesianSums(grid)]
}

/**
 * The moments of two data sets together: parts are added one by one where both have the same halves, else kept side by
 * side; the noise variance is the mean weighted by the number of images. Errors: another specification, in words; the
 * same images twice.
 */
export function mergeMomentSets(a: MomentSet, b: MomentSet): MomentSet {
  const differs = specificationDifference(a.specification, b.specification) ?? transferDifference(a, b)
  requireInput(differs === undefined, () => `these moments cannot be merged: ${differs}`)
  requireInput(Object.keys(a.provenance).length === 0 || JSON.stringify(a.provenance) !== JSON.stringify(b.provenance), () => 'these moments cannot be merged: both were taken from the same images')
  const [countA, countB] = [a, b].map((set) => set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0)) as [number, number]
  const bases = momentBases(a.specification)
  const alike = a.parts.length === b.parts.length && a.parts.every((part, k) => part.half === b.parts[k]!.half)
  const transfer = a.transfer && b.transfer && [...a.transfer, ...b.transfer]
  const [partsA, partsB] = [withGroups(a.parts, { before: 0, after: b.transfer?.length ?? 0 }), withGroups(b.parts, { before: a.transfer?.length ?? 0, after: 0 })]
  const parts = !alike
    ? [...partsA, ...partsB]
    : partsA.map((part, k) => {
        const sums = emptySums(bases.basis, bases.thirdBasis?.counts)
        addSums(sums, part.sums)
        addSums(sums, partsB[k]!.sums)
        return { half: part.half, sums, ...(part.groupCounts && { groupCounts: part.groupCounts.map((value, g) => value + partsB[k]!.groupCounts![g]!) }) }
      })
  const cartesian = emptyCartesianHalves(a.specification)
  for (const set of [a, b]) cartesian?.forEach((sums, half) => addCartesianSums(sums, set.cartesian![half]!))
  return {
    specification: a.specification,
    parts,
    ...(transfer && { transfer }),
    ...(cartesian && { cartesian }),
    noiseVariance: (countA * a.noiseVariance + countB * b.noiseVariance) / (countA + countB),
    noiseSource: a.noiseSource === b.noiseSource ? a.noiseSource : 'background',
    provenance: { merged: [a.provenance, b.provenance] },
  }
}

// The groups of both, side by side.
function withGroups(parts: readonly MomentPart[], { before, after }: { before: number; after: number }): readonly MomentPart[] {
  return parts.map((part) => (part.groupCounts ? { ...part, groupCounts: Float64Array.from([...new Float64Array(before), ...part.groupCounts, ...new Float64Array(after)]) } : part))
}

function transferDifference(a: MomentSet, b: MomentSet): string | undefined {
  if ((a.transfer === undefined) !== (b.transfer === undefined)) return 'the images of one were corrected for their CTF or noise spectrum, those of the other not'
  if (a.transfer && (a.noiseSource === 'spectrum') !== (b.noiseSource === 'spectrum')) return 'the images of one were whitened, those of the other not'
  // With one noise variance for both, the weights of transferred moments would be wrong for each.
  if (a.transfer && Math.abs(a.noiseVariance / b.noiseVariance - 1) > 0.05) return `the noise variance is ${a.noiseVariance.toPrecision(3)} in one and ${b.noiseVariance.toPrecision(3)} in the other, and the images were multiplied by their CTF: whiten both`
  return undefined
}

// The first thing in which two specifications differ, as a sentence's end.
function specificationDifference(a: MomentSpecification, b: MomentSpecification): string | undefined {
  const fields = (s: MomentSpecification): [string, number, string][] => [
    ['the box', s.boxSize, 'px'],
    ['the pixel size', s.pixelSize, 'Angstrom'],
    ['the disc radius', s.radius, 'px'],
    ['the band limit', s.maxFrequency, 'rad/px'],
    ['the band limit of the third moment', s.thirdMaxFrequency ?? 0, 'rad/px'],
    ['the radius of the Cartesian form', s.cartesian?.radius ?? 0, 'shells'],
  ]
  const others = fields(b)
  const found = fields(a).find(([, value], i) => value !== others[i]![1])
  if (found) return `${found[0]} is ${found[1]} ${found[2]} in one and ${others.find(([name]) => name === found[0])![1]} ${found[2]} in the other`
  if (a.cartesian?.shape !== b.cartesian?.shape) return `the Cartesian form is a ${a.cartesian!.shape} in one and a ${b.cartesian!.shape} in the other`
  return undefined
}
