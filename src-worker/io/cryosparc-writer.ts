import { ctfParametersOf, type Particles } from '#core/format/particles.ts'
import { vectorFromRotation } from '#core/geometry/rotation-vector.ts'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { writeFileAtomic } from './atomic-file.ts'
import { formatRecords, type RecordField, type RecordTable, type RecordType } from './numpy-records.ts'

/** What of the particles is written. */
export interface CryosparcOptions {
  /** Names of the stacks as the file shall state them; default: as they were found, else as they were named. */
  readonly stackNames?: readonly string[]
  /** Records the particles were read from: fields that are not ours to know are kept, and so are the uids. */
  readonly source?: RecordTable
}

/** Writes a particle file for cryoSPARC (import particles, or cryosparc-tools), with that program's own field names; atomic. */
export async function writeCryosparc(path: string, particles: Particles, options: CryosparcOptions = {}): Promise<void> {
  await writeFileAtomic(path, formatRecords(cryosparcRecords(particles, options)))
}

/** The structured array of `writeCryosparc`. */
export function cryosparcRecords(particles: Particles, { stackNames, source }: CryosparcOptions = {}): RecordTable {
  const { count } = particles
  const names = stackNames ?? particles.stacks.map((stack) => stack.path ?? stack.name)
  const fields: RecordField[] = []
  const numbers = (name: string, type: RecordType, width: number, value: (i: number, k: number) => number): void => {
    fields.push({ name, type, shape: width === 1 ? [] : [width], values: Float64Array.from({ length: count * width }, (_, at) => value(Math.floor(at / width), at % width)) })
  }
  const texts = (name: string, values: readonly string[]): void => {
    fields.push({ name, type: `S${Math.max(1, ...values.map((text) => Buffer.byteLength(text)))}`, shape: [], values })
  }
  const group = (i: number): Particles['opticsGroups'][number] => particles.opticsGroups[particles.groupOf[i]!]!
  const pixelSize = (i: number): number => group(i).pixelSize ?? particles.pixelSize
  const uids = source?.count === count ? source.fields.find((field) => field.name === 'uid') : undefined
  fields.push(uids ?? { name: 'uid', type: 'u8', shape: [], values: BigUint64Array.from({ length: count }, (_, i) => imageUid(`${names[particles.stackOf[i]!]}@${particles.indexOf[i]}#${i}`)) })
  texts('blob/path', Array.from(particles.stackOf, (stack) => names[stack]!))
  numbers('blob/idx', 'u4', 1, (i) => particles.indexOf[i]!)
  numbers('blob/shape', 'u4', 2, (i) => group(i).boxSize ?? particles.boxSize)
  numbers('blob/psize_A', 'f4', 1, pixelSize)
  numbers('blob/sign', 'f4', 1, () => (particles.contrast === 'dark' ? -1 : 1))
  fields.push({ name: 'blob/import_sig', type: 'u8', shape: [], values: new BigUint64Array(count) })
  if (particles.defocus) addCtf(particles, numbers, texts)
  if (particles.poses) addPoses(particles, numbers, pixelSize)
  const kept = source && source.count === count ? source.fields.filter((field) => !fields.some(({ name }) => name === field.name)) : []
  return { count, fields: [...fields, ...kept] }
}

type AddNumbers = (name: string, type: RecordType, width: number, value: (i: number, k: number) => number) => void

function addCtf(particles: Particles, numbers: AddNumbers, texts: (name: string, values: readonly string[]) => void): void {
  const { defocus, count } = particles
  texts('ctf/type', new Array<string>(count).fill('imported'))
  numbers('ctf/exp_group_id', 'u4', 1, (i) => particles.opticsGroups[particles.groupOf[i]!]!.id)
  numbers('ctf/accel_kv', 'f4', 1, (i) => ctfParametersOf(particles, i)!.voltage)
  numbers('ctf/cs_mm', 'f4', 1, (i) => ctfParametersOf(particles, i)!.sphericalAberration)
  numbers('ctf/amp_contrast', 'f4', 1, (i) => ctfParametersOf(particles, i)!.amplitudeContrast)
  numbers('ctf/df1_A', 'f4', 1, (i) => defocus!.defocusU[i]!)
  numbers('ctf/df2_A', 'f4', 1, (i) => defocus!.defocusV[i]!)
  numbers('ctf/df_angle_rad', 'f4', 1, (i) => defocus!.defocusAngle[i]!)
  numbers('ctf/phase_shift_rad', 'f4', 1, (i) => defocus!.phaseShift[i]!)
  numbers('ctf/scale', 'f4', 1, (i) => defocus!.scale[i]!)
  numbers('ctf/scale_const', 'f4', 1, () => 0)
  for (const [name, width] of [['shift_A', 2], ['tilt_A', 2], ['trefoil_A', 2], ['tetra_A', 4], ['anisomag', 4]] as const) numbers(`ctf/${name}`, 'f4', width, () => 0)
  numbers('ctf/bfactor', 'f4', 1, (i) => defocus!.bFactor[i]!)
}

function addPoses(particles: Particles, numbers: AddNumbers, pixelSize: (i: number) => number): void {
  const { poses, randomSubset, count } = particles
  const vectors = new Float64Array(3 * count)
  // cryoSPARC's rotation is the transpose of RELION's: the opposite vector.
  for (let i = 0; i < count; i++) vectors.set(vectorFromRotation(rotationFromEuler(poses!.rot[i]!, poses!.tilt[i]!, poses!.psi[i]!)).map((value) => -value), 3 * i)
  numbers('alignments3D/split', 'u4', 1, (i) => (randomSubset?.[i] === 2 ? 1 : 0))
  numbers('alignments3D/shift', 'f4', 2, (i, k) => (k === 0 ? poses!.originX : poses!.originY)[i]! / pixelSize(i))
  numbers('alignments3D/pose', 'f4', 3, (i, k) => vectors[3 * i + k]!)
  numbers('alignments3D/psize_A', 'f4', 1, pixelSize)
  for (const name of ['error', 'error_min', 'resid_pow', 'slice_pow', 'image_pow', 'cross_cor']) numbers(`alignments3D/${name}`, 'f4', 1, () => 0)
  for (const [name, value] of [['alpha', 1], ['alpha_min', 1], ['weight', 0], ['pose_ess', 0], ['shift_ess', 0], ['class_posterior', 1]] as const) numbers(`alignments3D/${name}`, 'f4', 1, () => value)
  numbers('alignments3D/class', 'u4', 1, () => 0)
  numbers('alignments3D/class_ess', 'f4', 1, () => 1)
}

// FNV-1a, 64 bits: the same image gets the same number in every file.
function imageUid(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}
