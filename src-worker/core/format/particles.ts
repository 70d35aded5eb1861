import { AppError, requireInput } from '../error.ts'
import type { CtfParameters } from '../optics/ctf.ts'
import { groupName, type OpticsGroup } from '../optics/optics-group.ts'
import { Random } from '../random.ts'

/** Rotations and shifts of particles, RELION's convention (core/README.md). */
export interface ParticlePoses {
  /** Euler angles ZYZ, **radians**. */
  readonly rot: Float64Array
  readonly tilt: Float64Array
  readonly psi: Float64Array
  /** What must be added to a picture's position to centre it, Angstrom. */
  readonly originX: Float64Array
  readonly originY: Float64Array
}

/** Shifts of particles: what must be added to a picture's position to centre it, Angstrom. */
export interface ParticleShifts {
  readonly x: Float64Array
  readonly y: Float64Array
}

/** What differs from particle to particle in the contrast transfer function. */
export interface ParticleDefocus {
  /** Underfocus, Angstrom. */
  readonly defocusU: Float64Array
  readonly defocusV: Float64Array
  /** Radians */
  readonly defocusAngle: Float64Array
  readonly phaseShift: Float64Array
  /** Angstrom^2 */
  readonly bFactor: Float64Array
  readonly scale: Float64Array
}

/** A stack that particles point into. */
export interface StackReference {
  /** As the particle file names it. */
  readonly name: string
  /** Where it was found; `undefined` when it was not. */
  readonly path: string | undefined
}

/** A pixel size and who says so. */
export interface PixelSizeSource {
  readonly source: string
  /** Angstrom */
  readonly pixelSize: number
}

/** The particles of a STAR or .cs file: which image each is, and what is known of it. */
export interface Particles {
  readonly path: string
  readonly format: 'star' | 'cryosparc'
  readonly count: number
  readonly stacks: readonly StackReference[]
  /** For each particle: its stack, and its section there counted from 0. */
  readonly stackOf: Int32Array
  readonly indexOf: Int32Array
  /** At least one where there are particles. */
  readonly opticsGroups: readonly OpticsGroup[]
  /** For each particle: its place in `opticsGroups`. */
  readonly groupOf: Int32Array
  readonly defocus: ParticleDefocus | undefined
  readonly poses: ParticlePoses | undefined
  readonly shifts: ParticleShifts | undefined
  /** RELION's half-sets, 1 or 2 (0 where a row has none). */
  readonly randomSubset: Int8Array | undefined
  /** What the file says of the contrast: `dark` is protein darker than its surroundings. */
  readonly contrast: 'light' | 'dark' | undefined
  /** Angstrom, of the first particle's optics group; 1 where nothing says it (a warning does). */
  readonly pixelSize: number
  /** Everything that states a pixel size of the images, the one that is used first. */
  readonly pixelSizes: readonly PixelSizeSource[]
  /** Pixels a side, of the first particle's group; 0 where nothing says it. */
  readonly boxSize: number
  readonly warnings: readonly string[]
}

/** The parameters of particle `i`'s contrast transfer function; `undefined` where the file has no defocus. Errors: InvalidInput naming what is missing. */
export function ctfParametersOf(particles: Particles, i: number): CtfParameters | undefined {
  const { defocus } = particles
  if (!defocus) return undefined
  const group = particles.opticsGroups[particles.groupOf[i]!]!
  const known = (field: 'voltage' | 'sphericalAberration' | 'amplitudeContrast', words: string): number => {
    const value = group[field]
    if (value === undefined) throw new AppError('InvalidInput', `${particles.path}: ${groupName(group)} has no ${words}, which the contrast transfer function needs`, { file: particles.path, field })
    return value
  }
  return {
    defocusU: defocus.defocusU[i]!,
    defocusV: defocus.defocusV[i]!,
    defocusAngle: defocus.defocusAngle[i]!,
    phaseShift: defocus.phaseShift[i]!,
    bFactor: defocus.bFactor[i]!,
    scale: defocus.scale[i]!,
    voltage: known('voltage', 'voltage'),
    sphericalAberration: known('sphericalAberration', 'spherical aberration'),
    amplitudeContrast: known('amplitudeContrast', 'amplitude contrast'),
  }
}

/**
 * Half-set (1 or 2) of every particle: RELION's own where every row has one, else drawn from the seed. Rows of the same
 * image (symmetry copies, duplicates) always share a half, so that the halves stay independent.
 */
export function halfSets(particles: Pick<Particles, 'count' | 'stackOf' | 'indexOf' | 'randomSubset'>, seed: number): Uint8Array {
  const { count, stackOf, indexOf, randomSubset } = particles
  if (randomSubset?.every((subset) => subset === 1 || subset === 2)) return Uint8Array.from(randomSubset)
  const imageOf = new Int32Array(count)
  const known = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const key = `${stackOf[i]}/${indexOf[i]}`
    let image = known.get(key)
    if (image === undefined) known.set(key, (image = known.size))
    imageOf[i] = image
  }
  // A shuffle, not coins: the halves are of one size (Fisher and Yates).
  const order = Int32Array.from({ length: known.size }, (_, i) => i)
  const random = new Random(seed).stream('half-sets')
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  const half = new Uint8Array(known.size)
  order.forEach((image, place) => (half[image] = 1 + (place % 2)))
  return Uint8Array.from(imageOf, (image) => half[image]!)
}

/** Refuses particle data whose arrays do not match, before anything is computed from them. */
export function requireParticleLengths(particles: Particles): void {
  const { count, path } = particles
  for (const [name, values] of Object.entries({ stackOf: particles.stackOf, indexOf: particles.indexOf, groupOf: particles.groupOf, ...particles.defocus, ...particles.poses })) {
    requireInput(values.length === count, () => `${path}: ${name} has ${values.length} values, expected ${count}`, { file: path, field: name })
  }
}
