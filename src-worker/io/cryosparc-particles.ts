import { AppError } from '#core/error.ts'
import type { ParticleDefocus, ParticlePoses, ParticleShifts } from '#core/format/particles.ts'
import { eulerFromRotation, rotationFromVector } from '#core/geometry/rotation.ts'
import type { OpticsGroup } from '#core/optics/optics-group.ts'
import { parseRecords, type RecordTable } from './numpy-records.ts'
import { distinct, type ParticleRows } from './particle-rows.ts'
import { readPacked } from './read-packed.ts'

/** The records of a cryoSPARC .cs file (gzip by content). Errors: NotFound; what parseRecords refuses. */
export async function readRecords(path: string): Promise<RecordTable> {
  return parseRecords(await readPacked(path), path)
}

/**
 * The rows of a cryoSPARC particle file: blob/path with blob/idx from 0, lengths in Angstrom, angles in radians.
 * `alignments3D/pose` is the rotation vector of the transpose of RELION's matrix (checked against pyem, which everybody
 * converts with); shifts are pixels of `psize_A` and have RELION's sign. Errors: InvalidInput for a file without images.
 */
export function cryosparcParticles(path: string, table: RecordTable): ParticleRows {
  const { count } = table
  const field = (name: string): Float64Array | undefined => {
    const values = table.fields.find((candidate) => candidate.name === name)?.values
    return values instanceof Float64Array ? values : undefined
  }
  const paths = table.fields.find((candidate) => candidate.name === 'blob/path')?.values as readonly string[] | undefined
  const warnings: string[] = []
  if (!paths && count > 0) throw new AppError('InvalidInput', `${path}: no field blob/path: the file names no images (cryoSPARC keeps them in another file of the same job)`, { file: path, field: 'blob/path' })
  if (count === 0) warnings.push('the file has no particles')
  const { keys, placeOf } = distinct(paths ?? [], count)
  const pixels = field('blob/psize_A')
  const sign = field('blob/sign')
  const shifts = shiftsOf(field, pixels)
  return {
    count,
    names: keys,
    stackOf: placeOf,
    indexOf: Int32Array.from(field('blob/idx') ?? new Float64Array(count)),
    ...opticsOf(table, field),
    defocus: defocusOf(count, field),
    shifts,
    poses: posesOf(count, field('alignments3D/pose'), shifts),
    randomSubset: splitOf(field('alignments3D/split') ?? field('alignments2D/split')),
    contrast: sign && count > 0 ? (sign[0]! < 0 ? 'dark' : 'light') : undefined,
    // Single precision has seven digits.
    pixelSizes: pixels && pixels[0]! > 0 ? [{ source: 'blob/psize_A', pixelSize: Number(pixels[0]!.toPrecision(7)) }] : [],
    warnings,
  }
}

type Field = (name: string) => Float64Array | undefined

function opticsOf(table: RecordTable, field: Field): Pick<ParticleRows, 'opticsGroups' | 'groupOf'> {
  const [groups, voltages, aberrations, contrasts, pixels, shapes] = ['ctf/exp_group_id', 'ctf/accel_kv', 'ctf/cs_mm', 'ctf/amp_contrast', 'blob/psize_A', 'blob/shape'].map(field)
  const keys = Array.from({ length: table.count }, (_, i) => [groups?.[i], voltages?.[i], aberrations?.[i], contrasts?.[i], pixels?.[i], shapes?.[2 * i]].join())
  const { first, placeOf } = distinct(keys, table.count)
  const known = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? Number(value.toPrecision(7)) : undefined)
  const opticsGroups = Array.from(first, (row, place): OpticsGroup => ({
    id: groups?.[row] ?? place + 1,
    name: '',
    voltage: known(voltages?.[row]),
    sphericalAberration: aberrations && Number(aberrations[row]!.toPrecision(7)),
    amplitudeContrast: contrasts && Number(contrasts[row]!.toPrecision(7)),
    pixelSize: known(pixels?.[row]),
    boxSize: known(shapes?.[2 * row]),
  }))
  return { opticsGroups, groupOf: placeOf }
}

function defocusOf(count: number, field: Field): ParticleDefocus | undefined {
  const defocusU = field('ctf/df1_A')
  if (!defocusU) return undefined
  return {
    defocusU,
    defocusV: field('ctf/df2_A') ?? defocusU,
    defocusAngle: field('ctf/df_angle_rad') ?? new Float64Array(count),
    phaseShift: field('ctf/phase_shift_rad') ?? new Float64Array(count),
    bFactor: field('ctf/bfactor') ?? new Float64Array(count),
    scale: new Float64Array(count).fill(1),
  }
}

function shiftsOf(field: Field, pixels: Float64Array | undefined): ParticleShifts | undefined {
  for (const name of ['alignments3D', 'alignments2D']) {
    const shift = field(`${name}/shift`)
    if (!shift) continue
    const sizes = field(`${name}/psize_A`) ?? pixels
    const axis = (k: 0 | 1): Float64Array => Float64Array.from({ length: shift.length / 2 }, (_, i) => shift[2 * i + k]! * (sizes?.[i] ?? 1))
    return { x: axis(0), y: axis(1) }
  }
  return undefined
}

function posesOf(count: number, pose: Float64Array | undefined, shifts: ParticleShifts | undefined): ParticlePoses | undefined {
  if (!pose) return undefined
  const [rot, tilt, psi] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  for (let i = 0; i < count; i++) {
    ;[rot[i], tilt[i], psi[i]] = eulerFromRotation(rotationFromVector(-pose[3 * i]!, -pose[3 * i + 1]!, -pose[3 * i + 2]!))
  }
  return { rot, tilt, psi, originX: shifts?.x ?? new Float64Array(count), originY: shifts?.y ?? new Float64Array(count) }
}

// Halves 0 and 1; all 0 where nothing was split.
function splitOf(split: Float64Array | undefined): Int8Array | undefined {
  return split?.includes(0) && split.includes(1) ? Int8Array.from(split, (half) => half + 1) : undefined
}
