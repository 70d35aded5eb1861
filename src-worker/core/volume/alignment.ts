import { requireInput, requireShape } from '../error.ts'
import { correlateRotations, expandShells, shellDirections, type ShellHarmonics } from '../geometry/rotational-correlation.ts'
import { rotateVector, rotationAngle, transposeRotation, type Rotation } from '../geometry/rotation.ts'
import { bandTransform, readBand, type BandTransform } from './band-transform.ts'
import { applyMask, sphericalMask } from './mask.ts'
import { measurePose, poseTarget, refinePose, searchShift, type PoseAgreement, type PoseTarget, type VolumePose } from './pose-refinement.ts'
import { fourierResample, rotateVolume } from './resample.ts'
import { makeVolume, type Volume } from './volume.ts'

/**
 * How a moving map is laid on a fixed one: mirror first (the point inversion x -> -x about the centre voxel), then
 * rotate, then shift: `aligned(x) = moving(+-R^T (x - shift))`, minus where mirrored.
 */
export interface Alignment {
  /** R, row-major 3 x 3. */
  readonly rotation: Rotation
  /** Voxels of the fixed map, x, y, z. */
  readonly shift: readonly [number, number, number]
  readonly mirrored: boolean
  /** Normalised correlation of the aligned map with the fixed one, their means taken out, within the band used. */
  readonly correlation: number
  /** The same for the best pose of the hand that was not chosen. */
  readonly correlationOtherHand: number
}

const DEGREE = 18
const RADII = 10
const KEPT_PER_SEARCH = 10
const REFINED_PER_HAND = 6
// Poses whose score in the search band is this share of the best one's are told apart by the full band, this many at most.
const TIE = 0.85
const TIES = 4
// Share of a map's power in the outer tenth of its sphere above which it counts as running out of the box.
const RIM_LIMIT = 0.02

/**
 * Global alignment over rotation, shift and both hands. Candidate rotations come from spherical-harmonic shells of the
 * mass-centred transform (for each hand) and of its amplitude (which no shift changes; it serves both hands), each at two
 * bands; shifts by a 3-D correlation; then all six parameters climb the shell-whitened correlation while the band grows,
 * shells weighted by their own agreement. The hand is the one whose shells agree better.
 * **Units**: shift in voxels; `band` in shells, default the smaller of floor(n/2) - 1 and 24.
 * **Errors**: ShapeMismatch on different boxes, InvalidInput on maps that are constant or not finite.
 * **Source**: derived in test/core/volume/alignment.test.ts; the rotation search after Kovacs and Wriggers 2002.
 */
export function alignVolumes(moving: Volume, fixed: Volume, options: { band?: number } = {}): Alignment {
  const { size } = fixed
  requireShape(moving.size === size, () => `alignment needs two maps of the same box, found ${moving.size} and ${size}`)
  requireInput(size >= 8, () => `alignment needs a box of at least 8 voxels, found ${size}`)
  const band = Math.min(options.band ?? 24, Math.floor(size / 2) - 1)
  const a = prepare(fixed, band, 'fixed')
  const b = prepare(moving, band, 'moving')
  const target = poseTarget(a.transform, b.transform, band)
  const reach = Math.max(a.radius, b.radius)
  const fine = Math.max(3, Math.min(band, Math.floor((DEGREE * size) / (2 * Math.PI * reach)), 14))
  const candidates = findCandidates(a, b, fine)
  const hands = [false, true].map((mirrored) => bestPose(target, candidates(mirrored), mirrored, fine))
  const judged = judge(hands.map((pose) => ({ pose, agreement: measurePose(target, pose, band) })))
  const chosen = judged[0]!.score >= judged[1]!.score ? 0 : 1
  const outgrown = a.rimPower > RIM_LIMIT || b.rimPower > RIM_LIMIT
  const { pose, agreement } = outgrown ? refineInCommon(a, b, judged[chosen]!.pose, band) : judged[chosen]!
  return { ...pose, correlation: agreement.correlation, correlationOtherHand: judged[1 - chosen]!.agreement.correlation }
}

/** The moving map laid on the fixed one; values in between by `rotateVolume`. */
export function applyAlignment(moving: Volume, alignment: VolumePose): Volume {
  return rotateVolume(moving, alignment.rotation, { shift: alignment.shift, mirrored: alignment.mirrored })
}

interface Prepared {
  /** The map without its background. */
  readonly volume: Volume
  readonly transform: BandTransform
  /** Share of the power outside 0.4 of the box. */
  readonly rimPower: number
  /** Mass centre, voxels from the box centre. */
  readonly centre: readonly [number, number, number]
  /** Radius about it that holds nearly all of the density, voxels. */
  readonly radius: number
}

/** Background to zero, a soft sphere around everything, then the transform. */
function prepare(volume: Volume, band: number, name: string): Prepared {
  const { size } = volume
  const middle = Math.floor(size / 2)
  const rim: number[] = []
  let [low, high] = [Infinity, -Infinity]
  for (let z = 0, i = 0; z < size; z++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, i++) {
        const value = volume.data[i]!
        low = Math.min(low, value)
        high = Math.max(high, value)
        const distance = Math.hypot(x - middle, y - middle, z - middle)
        if (distance > 0.44 * size && distance <= 0.5 * size) rim.push(value)
      }
    }
  }
  requireInput(Number.isFinite(low) && Number.isFinite(high), () => `the ${name} map holds NaN or infinite values and cannot be aligned`)
  requireInput(high > low, () => `the ${name} map is constant (${high}) and cannot be aligned`)
  rim.sort((p, q) => p - q)
  const background = rim[rim.length >> 1]!
  const plain = makeVolume(
    size,
    1,
    volume.data.map((value) => value - background),
  )
  const masked = withinSphere(plain, [0, 0, 0], size / 2)
  return { volume: plain, transform: bandTransform(masked.data, size, band), rimPower: rimPower(masked), ...massCentre(masked) }
}

/** A soft sphere of the given outer radius about a point (voxels from the box centre). */
function withinSphere(volume: Volume, at: readonly [number, number, number], radius: number): Volume {
  const edge = Math.max(2, volume.size / 16)
  return applyMask(volume, sphericalMask(volume.size, Math.max(radius - edge, 1), edge, at))
}

function rimPower({ size, data }: Volume): number {
  const middle = Math.floor(size / 2)
  let [rim, total] = [0, 0]
  data.forEach((value, i) => {
    const distance = Math.hypot((i % size) - middle, (Math.floor(i / size) % size) - middle, Math.floor(i / size ** 2) - middle)
    total += value * value
    if (distance > 0.4 * size) rim += value * value
  })
  return rim / total
}

/** Centre and extent of what stands out of a smoothed copy. */
function massCentre(volume: Volume): { centre: [number, number, number]; radius: number } {
  const small = fourierResample(volume, Math.min(volume.size, 24))
  const scale = volume.size / small.size
  const middle = Math.floor(small.size / 2)
  const sorted = Float32Array.from(small.data).sort()
  const threshold = 0.25 * sorted[Math.floor(0.995 * sorted.length)]!
  const sums = [0, 0, 0, 0]
  const voxels: [number, number, number, number][] = []
  small.data.forEach((value, i) => {
    if (value <= threshold) return
    const at = [(i % small.size) - middle, (Math.floor(i / small.size) % small.size) - middle, Math.floor(i / small.size ** 2) - middle] as const
    const mass = value - threshold
    voxels.push([...at, mass])
    sums[3]! += mass
    at.forEach((p, axis) => (sums[axis]! += mass * p))
  })
  const centre = [sums[0]! / sums[3]!, sums[1]! / sums[3]!, sums[2]! / sums[3]!] as const
  const spread = voxels.map(([x, y, z, mass]) => ({ distance: Math.hypot(x - centre[0], y - centre[1], z - centre[2]), mass })).sort((p, q) => p.distance - q.distance)
  let inside = 0
  const radius = spread.find(({ mass }) => (inside += mass) > 0.95 * sums[3]!)?.distance ?? middle
  return { centre: [centre[0] * scale, centre[1] * scale, centre[2] * scale], radius: Math.max(radius, 2) * scale }
}

/** Rotations to try for each hand, up to shell `fine`. */
function findCandidates(a: Prepared, b: Prepared, fine: number): (mirrored: boolean) => Rotation[] {
  const weights = new Float64Array(RADII).fill(1)
  const searches = [fine, 0.55 * fine].map((band) => {
    const radii = Float64Array.from({ length: RADII }, (_, i) => Math.max(1, (band * (i + 1)) / RADII))
    const [fixed, moving] = [harmonics(a, radii), harmonics(b, radii)]
    return { fixed, moving, shared: correlateRotations(fixed.amplitude, moving.amplitude, weights, { count: KEPT_PER_SEARCH }) }
  })
  return (mirrored) => {
    const found: Rotation[] = []
    for (const { fixed, moving, shared } of searches) {
      for (const { rotation } of [...correlateRotations(fixed.value, moving.value, weights, { inverted: mirrored, count: KEPT_PER_SEARCH }), ...shared]) {
        if (found.every((other) => rotationAngle(other, rotation) > 0.12)) found.push(rotation)
      }
    }
    return found
  }
}

/** Harmonics of the centred transform and of its amplitude on shells, each shell of unit power without its l = 0 part. */
function harmonics({ transform, centre }: Prepared, radii: Float64Array): { value: ShellHarmonics; amplitude: ShellHarmonics } {
  const directions = shellDirections(DEGREE)
  const count = directions.length / 3
  const re = new Float64Array(count * radii.length)
  const im = new Float64Array(re.length)
  const amplitude = new Float64Array(re.length)
  const value = new Float64Array(2)
  radii.forEach((radius, shell) => {
    for (let i = 0; i < count; i++) {
      const [x, y, z] = [radius * directions[3 * i]!, radius * directions[3 * i + 1]!, radius * directions[3 * i + 2]!]
      readBand(transform, x, y, z, value)
      const angle = (2 * Math.PI * (x * centre[0] + y * centre[1] + z * centre[2])) / transform.size
      const index = shell * count + i
      re[index] = value[0]! * Math.cos(angle) - value[1]! * Math.sin(angle)
      im[index] = value[1]! * Math.cos(angle) + value[0]! * Math.sin(angle)
      amplitude[index] = Math.hypot(value[0]!, value[1]!)
    }
  })
  return { value: toUnitShells(expandShells(DEGREE, re, im)), amplitude: toUnitShells(expandShells(DEGREE, amplitude, new Float64Array(re.length))) }
}

function toUnitShells(harmonics: ShellHarmonics): ShellHarmonics {
  const { shells, re, im } = harmonics
  for (let shell = 0; shell < shells; shell++) {
    let power = 0
    for (let i = shells + shell; i < re.length; i += shells) power += re[i]! ** 2 + im[i]! ** 2
    const scale = power > 0 ? 1 / Math.sqrt(power) : 0
    for (let i = shell; i < re.length; i += shells) {
      re[i]! *= scale
      im[i]! *= scale
    }
  }
  return harmonics
}

/**
 * How well the shells agree: `-sum_s s^2 log(1 - c_s^2)` (with the sign of c_s), the profile likelihood of a common signal
 * under noise of unknown strength in each shell, c at most 0.99.
 */
function shellScore({ byShell }: PoseAgreement): number {
  let score = 0
  for (let s = 1; s < byShell.length; s++) score -= s * s * Math.sign(byShell[s]!) * Math.log(1 - Math.min(0.99, Math.abs(byShell[s]!)) ** 2)
  return score
}

/**
 * Shift for each candidate, the better ones refined in the search band, and those that nearly tie there (a map that is
 * almost symmetric) refined as far as they agree; the best of these.
 */
function bestPose(target: PoseTarget, rotations: readonly Rotation[], mirrored: boolean, band: number): VolumePose {
  const full = target.ends.length - 1
  const rank = (poses: readonly VolumePose[], upTo: number): Ranked[] => poses.map((pose) => ({ pose, score: shellScore(measurePose(target, pose, upTo)) })).sort((p, q) => q.score - p.score)
  const started = rank(
    rotations.map((rotation) => searchShift(target, rotation, mirrored, band)),
    band,
  )
  const refined = rank(
    started.slice(0, REFINED_PER_HAND).map(({ pose }) => refinePose(target, pose, trustAt(target, pose, band), { band, iterations: 6 })),
    band,
  )
  const tied: VolumePose[] = []
  for (const { pose, score } of refined) {
    const near = tied.length === 0 || (score >= TIE * refined[0]!.score && tied.length < TIES)
    if (near && tied.every((other) => rotationAngle(other.rotation, pose.rotation) > 0.05)) tied.push(pose)
  }
  return rank(
    tied.map((pose) => climbBands(target, pose)),
    full,
  )[0]!.pose
}

interface Ranked {
  readonly pose: VolumePose
  readonly score: number
}

interface Judged {
  readonly pose: VolumePose
  readonly agreement: PoseAgreement
}

/** Refines while the band grows, each shell trusted as far as it agrees. */
function climbBands(target: PoseTarget, start: VolumePose): VolumePose {
  const full = target.ends.length - 1
  let pose = start
  for (let band = Math.min(full, 8); ; band = Math.min(full, Math.ceil(1.5 * band))) {
    pose = refinePose(target, pose, trustAt(target, pose, band), { band })
    const trust = trustAt(target, pose, band)
    if (band === full || trust[band] === 0) return refinePose(target, pose, trust, { band })
  }
}

/** The agreement of each shell as far as it lasts: beyond two shells in a row below 0.2 there is only noise to follow. */
function trustAt(target: PoseTarget, pose: VolumePose, band: number): Float64Array {
  const { byShell } = measurePose(target, pose, band)
  const end = byShell.findIndex((value, s) => s > 3 && value < 0.2 && byShell[s - 1]! < 0.2)
  return byShell.map((value, s) => (end >= 0 && s >= end - 1 ? 0 : Math.min(0.97, Math.max(s <= 3 ? 0.2 : 0, value))))
}

/**
 * For maps that run out of their box, whose cut ends pull the maps together: first only the fixed map is cut to the sphere
 * (about shift/2) that both boxes hold, a little smaller, so that its ends meet no ends; then both maps are cut alike.
 */
function refineInCommon(a: Prepared, b: Prepared, start: VolumePose, band: number): Judged {
  const { size } = a.volume
  let pose = start
  let target: PoseTarget | undefined
  for (const margin of [2, 0]) {
    const { rotation, shift } = pose
    const sign = pose.mirrored ? -1 : 1
    const radius = Math.max(size / 2 - Math.hypot(...shift) / 2, size / 4)
    const fixed = withinSphere(a.volume, [shift[0] / 2, shift[1] / 2, shift[2] / 2], radius - margin)
    const there = rotateVector(transposeRotation(rotation), shift).map((v) => (-sign * v) / 2) as [number, number, number]
    const moving = margin > 0 ? b.transform : bandTransform(withinSphere(b.volume, there, radius).data, size, band)
    target = poseTarget(bandTransform(fixed.data, size, band), moving, band)
    pose = refinePose(target, pose, trustAt(target, pose, band), { band })
  }
  return { pose, agreement: measurePose(target!, pose, band) }
}

/** Scores both hands over the same shells: as far as either still agrees. */
function judge(hands: readonly Judged[]): (Judged & { score: number })[] {
  const reach = hands.map(({ agreement }) => {
    const lost = agreement.byShell.findIndex((value, s) => s > 0 && value < 0.3)
    return lost < 0 ? agreement.byShell.length - 1 : lost
  })
  const band = Math.max(3, ...reach)
  return hands.map((hand) => ({ ...hand, score: shellScore({ ...hand.agreement, byShell: hand.agreement.byShell.subarray(0, band + 1) }) }))
}
