import { AppError } from '#core/error.ts'
import type { ParticleDefocus, ParticlePoses, ParticleShifts, PixelSizeSource } from '#core/format/particles.ts'
import { starColumn, type StarFile, type StarLoop } from '#core/format/star.ts'
import { blockTable, findTable } from '#core/format/star-table.ts'
import type { OpticsGroup } from '#core/optics/optics-group.ts'
import { distinct, type ParticleRows } from './particle-rows.ts'

const RADIANS = Math.PI / 180

/**
 * The rows of a RELION STAR file: 3.1, 4 and 5 (data_optics beside data_particles, tables as loops or as single values),
 * and the older single block with everything in its rows. Errors: InvalidInput where there is no rlnImageName or a value
 * is not a number.
 */
export function starParticles(path: string, file: StarFile): ParticleRows {
  const table = findTable(file, 'rlnImageName', ['particles', 'images'])?.table
  if (!table) {
    const blocks = file.blocks.map((block) => block.name || 'data_').join(', ') || 'none'
    throw new AppError('InvalidInput', `${path}: no table with a column rlnImageName, found blocks: ${blocks}`, { file: path })
  }
  const warnings = [...file.warnings]
  const images = imageReferences(path, table)
  const optics = opticsOf(path, file, table, warnings)
  const pixelSizes = pixelSizesOf(path, table, optics.inBlock ? optics.opticsGroups[optics.groupOf[0] ?? 0]?.pixelSize : undefined)
  const shifts = shiftsOf(path, table, optics, pixelSizes)
  return {
    count: table.count,
    ...images,
    opticsGroups: optics.opticsGroups,
    groupOf: optics.groupOf,
    defocus: defocusOf(path, table),
    shifts,
    poses: posesOf(path, table, shifts),
    randomSubset: table.columns.includes('rlnRandomSubset') ? Int8Array.from(numbers(path, table, 'rlnRandomSubset')!) : undefined,
    contrast: undefined,
    pixelSizes,
    warnings,
  }
}

function imageReferences(path: string, table: StarLoop): Pick<ParticleRows, 'names' | 'stackOf' | 'indexOf'> {
  const indexOf = new Int32Array(table.count)
  const stacks = starColumn(table, 'rlnImageName')!.map((reference, i) => {
    const at = reference.indexOf('@')
    const index = at < 0 ? 1 : Number(reference.slice(0, at))
    const name = reference.slice(at + 1)
    if (!Number.isInteger(index) || index < 1 || name === '') {
      throw new AppError('InvalidInput', `${path}: rlnImageName of particle ${i + 1} is ${JSON.stringify(reference)}, expected index@stack with an index from 1`, { file: path, found: reference })
    }
    indexOf[i] = index - 1
    return name
  })
  const { keys, placeOf } = distinct(stacks, table.count)
  return { names: keys, stackOf: placeOf, indexOf }
}

interface StarOptics extends Pick<ParticleRows, 'opticsGroups' | 'groupOf'> {
  /** From data_optics, not from the rows. */
  readonly inBlock: boolean
}

/** Optics groups from data_optics (3.1 and later), else one for every distinct microscope in the rows (3.0). */
function opticsOf(path: string, file: StarFile, table: StarLoop, warnings: string[]): StarOptics {
  const block = file.blocks.find((candidate) => candidate.name === 'optics')
  const optics = block && blockTable(block)
  if (!optics || optics.count === 0) return rowOptics(path, table)
  const column = (name: string): Float64Array | undefined => numbers(path, optics, name)
  const [ids, voltages, aberrations, contrasts, pixels, boxes] = ['rlnOpticsGroup', 'rlnVoltage', 'rlnSphericalAberration', 'rlnAmplitudeContrast', 'rlnImagePixelSize', 'rlnImageSize'].map(column)
  const names = starColumn(optics, 'rlnOpticsGroupName')
  const groups = Array.from({ length: optics.count }, (_, i): OpticsGroup => ({
    id: ids?.[i] ?? i + 1,
    name: names?.[i] ?? '',
    voltage: positive(voltages?.[i]),
    sphericalAberration: aberrations?.[i],
    amplitudeContrast: contrasts?.[i],
    pixelSize: positive(pixels?.[i]),
    boxSize: positive(boxes?.[i]),
  }))
  const used = starColumn(table, 'rlnOpticsGroup')
  if (!used && groups.length > 1) warnings.push(`the particles name no optics group: the first of ${groups.length} is used for all`)
  const places = new Map(groups.map((group, place) => [group.id, place]))
  let unknown = 0
  const groupOf = Int32Array.from({ length: table.count }, (_, i) => {
    const place = used ? places.get(Number(used[i])) : 0
    if (place === undefined) unknown++
    return place ?? 0
  })
  if (unknown > 0) warnings.push(`${unknown} of ${table.count} particles name an optics group that data_optics does not list: the first group is used for them`)
  for (const name of ['rlnBeamTiltX', 'rlnBeamTiltY', 'rlnMagMat01', 'rlnMagMat10'] as const) {
    if (column(name)?.some((value) => Math.abs(value) > 1e-6)) {
      warnings.push('data_optics has beam tilt or anisotropic magnification, which are not taken into account')
      break
    }
  }
  if (starColumn(optics, 'rlnCtfDataAreCtfPremultiplied')?.some((value) => Number(value) === 1)) warnings.push('the images are already multiplied by their CTF (rlnCtfDataAreCtfPremultiplied), which is not taken into account')
  return { opticsGroups: groups, groupOf, inBlock: true }
}

function rowOptics(path: string, table: StarLoop): StarOptics {
  const column = (name: string): Float64Array | undefined => numbers(path, table, name)
  const [voltages, aberrations, contrasts] = ['rlnVoltage', 'rlnSphericalAberration', 'rlnAmplitudeContrast'].map(column)
  const stated = column('rlnImagePixelSize') ?? column('rlnPixelSize')
  const magnified = magnificationPixelSizes(path, table)
  const pixels = stated ?? magnified
  const keys = Array.from({ length: table.count }, (_, i) => [voltages?.[i], aberrations?.[i], contrasts?.[i], pixels?.[i]].join())
  const { first, placeOf } = distinct(keys, table.count)
  const opticsGroups = Array.from(first, (row, place): OpticsGroup => ({
    id: place + 1,
    name: '',
    voltage: positive(voltages?.[row]),
    sphericalAberration: aberrations?.[row],
    amplitudeContrast: contrasts?.[row],
    pixelSize: positive(pixels?.[row]),
    boxSize: undefined,
  }))
  return { opticsGroups, groupOf: placeOf, inBlock: false }
}

/** Micrometres on the detector over magnification, in Angstrom, for every row. */
function magnificationPixelSizes(path: string, table: StarLoop): Float64Array | undefined {
  const detector = numbers(path, table, 'rlnDetectorPixelSize')
  const magnification = numbers(path, table, 'rlnMagnification')
  return detector && magnification && detector.map((size, i) => (size * 1e4) / magnification[i]!)
}

function pixelSizesOf(path: string, table: StarLoop, groupSize: number | undefined): PixelSizeSource[] {
  const sources: [string, number | undefined][] = [
    ['data_optics (rlnImagePixelSize)', groupSize],
    ['rlnImagePixelSize of the rows', (numbers(path, table, 'rlnImagePixelSize') ?? numbers(path, table, 'rlnPixelSize'))?.[0]],
    ['rlnDetectorPixelSize and rlnMagnification', magnificationPixelSizes(path, table)?.[0]],
  ]
  return sources.flatMap(([source, value]) => {
    const pixelSize = positive(value)
    return pixelSize === undefined ? [] : [{ source, pixelSize }]
  })
}

/** Origins in Angstrom since 3.1, in pixels before; both may be there, and then they agree. */
function shiftsOf(path: string, table: StarLoop, optics: StarOptics, pixelSizes: readonly PixelSizeSource[]): ParticleShifts | undefined {
  const axis = (name: 'X' | 'Y'): Float64Array | undefined =>
    numbers(path, table, `rlnOrigin${name}Angst`) ??
    numbers(path, table, `rlnOrigin${name}`)?.map((pixels, i) => pixels * (optics.opticsGroups[optics.groupOf[i]!]?.pixelSize ?? pixelSizes[0]?.pixelSize ?? 1))
  const [x, y] = [axis('X'), axis('Y')]
  return x && y ? { x, y } : undefined
}

function posesOf(path: string, table: StarLoop, shifts: ParticleShifts | undefined): ParticlePoses | undefined {
  const angle = (column: string): Float64Array | undefined => numbers(path, table, column)?.map((degrees) => degrees * RADIANS)
  const rot = angle('rlnAngleRot')
  const tilt = angle('rlnAngleTilt')
  const psi = angle('rlnAnglePsi')
  if (!rot || !tilt || !psi) return undefined
  return { rot, tilt, psi, originX: shifts?.x ?? new Float64Array(table.count), originY: shifts?.y ?? new Float64Array(table.count) }
}

function defocusOf(path: string, table: StarLoop): ParticleDefocus | undefined {
  const column = (name: string): Float64Array | undefined => numbers(path, table, name, true)
  const defocusU = column('rlnDefocusU')
  if (!defocusU) return undefined
  const filled = (value: number): Float64Array => new Float64Array(table.count).fill(value)
  return {
    defocusU,
    defocusV: column('rlnDefocusV') ?? defocusU,
    defocusAngle: (column('rlnDefocusAngle') ?? filled(0)).map((degrees) => degrees * RADIANS),
    phaseShift: (column('rlnPhaseShift') ?? filled(0)).map((degrees) => degrees * RADIANS),
    bFactor: column('rlnCtfBfactor') ?? filled(0),
    scale: column('rlnCtfScalefactor') ?? filled(1),
  }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined
}

// With `lenient` nan and inf are let through: the check names the particles.
function numbers(path: string, table: StarLoop, column: string, lenient = false): Float64Array | undefined {
  const texts = starColumn(table, column)
  if (!texts) return undefined
  return Float64Array.from(texts, (text, row) => {
    const value = text === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value) && !(lenient && /^[+-]?(nan|inf)/i.test(text))) {
      throw new AppError('InvalidInput', `${path}: ${column} in row ${row + 1} is ${JSON.stringify(text)}, expected a number`, { file: path, field: column, found: text })
    }
    return value
  })
}
