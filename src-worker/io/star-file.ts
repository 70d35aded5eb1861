import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { openMrc } from 'mrc-file-io'
import { AppError } from '#core/error.ts'
import { findLoop, parseStar, starColumn, type StarFile, type StarLoop } from '#core/format/star.ts'

export { writeParticles, type ParticleTable } from './star-file-writer.ts'

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

/** A stack that particles point into. */
export interface StackReference {
  /** As the STAR file names it. */
  readonly name: string
  /** Where it was found; `undefined` when it was not. */
  readonly path: string | undefined
}

/** The particles of a STAR file: which image each is, and what is known of it. */
export interface Particles {
  readonly path: string
  readonly count: number
  readonly stacks: readonly StackReference[]
  /** For each particle: its stack, and its section there counted from 0. */
  readonly stackOf: Int32Array
  readonly indexOf: Int32Array
  readonly poses: ParticlePoses | undefined
  /** rlnRandomSubset, 1 or 2. */
  readonly randomSubset: Int8Array | undefined
  /** Angstrom, of the first particle's optics group; 1 where nothing says it (a warning does). */
  readonly pixelSize: number
  /** Pixels a side; 0 where nothing says it. */
  readonly boxSize: number
  readonly warnings: readonly string[]
}

/** The whole text of a STAR file (gzip by content), parsed. Errors: NotFound, and what parseStar refuses, with the file named. */
export async function readStar(path: string): Promise<StarFile> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError('NotFound', `${path}: no such file`, { file: path }, error)
    throw new AppError('InvalidInput', `${path}: cannot be read (${code ?? String(error)})`, { file: path }, error)
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = await promisify(gunzip)(bytes)
    } catch (error) {
      throw new AppError('InvalidInput', `${path}: the gzip data is damaged or cut short`, { file: path }, error)
    }
  }
  if (bytes.subarray(0, 4096).includes(0)) throw new AppError('UnsupportedFormat', `${path}: this is not text, expected a STAR file`, { file: path })
  try {
    return parseStar(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof AppError) throw new AppError(error.tag, `${path}: ${error.message}`, { file: path, ...error.fields }, error)
    throw error
  }
}

/**
 * The particles of a RELION STAR file: 3.1 and later (data_optics + data_particles) or the older single block. Images
 * are found by their index@stack, never by position; stacks are looked for beside the STAR file, in the folders above
 * it and in the working directory, also as .gz or .bz2.
 *
 * Errors: NotFound; InvalidInput when there is no rlnImageName or a value is not a number.
 */
export async function readParticles(path: string): Promise<Particles> {
  const file = await readStar(path)
  const table = findLoop(file, 'rlnImageName')?.loop
  if (!table) {
    const blocks = file.blocks.map((block) => block.name || 'data_').join(', ') || 'none'
    throw new AppError('InvalidInput', `${path}: no table with a column rlnImageName, found blocks: ${blocks}`, { file: path })
  }
  const warnings = [...file.warnings]
  const images = imageReferences(path, table)
  const stacks = await Promise.all(images.names.map((name) => findStack(path, name)))
  warnings.push(...stackWarnings(stacks))
  const header = await firstStackHeader(stacks)
  const sizes = opticsOf(path, file, table, warnings)
  let { pixelSize } = sizes
  if (pixelSize === undefined && header && header.pixelSize > 0) {
    pixelSize = header.pixelSize
    warnings.push(`the STAR file states no pixel size: ${pixelSize} Angstrom is taken from the stack`)
  }
  if (pixelSize === undefined) warnings.push('the pixel size is stated nowhere: it is taken as 1 Angstrom')
  if (header && sizes.boxSize !== undefined && header.size !== sizes.boxSize) {
    warnings.push(`the STAR file states images of ${sizes.boxSize} pixels, the stack has ${header.size}`)
  }
  return {
    path,
    count: table.count,
    stacks,
    stackOf: images.stackOf,
    indexOf: images.indexOf,
    poses: posesOf(path, table, pixelSize ?? 1),
    randomSubset: table.columns.includes('rlnRandomSubset') ? Int8Array.from(numbers(path, table, 'rlnRandomSubset')!) : undefined,
    pixelSize: pixelSize ?? 1,
    boxSize: header?.size ?? sizes.boxSize ?? 0,
    warnings,
  }
}

function imageReferences(path: string, table: StarLoop): { names: string[]; stackOf: Int32Array; indexOf: Int32Array } {
  const names: string[] = []
  const known = new Map<string, number>()
  const stackOf = new Int32Array(table.count)
  const indexOf = new Int32Array(table.count)
  starColumn(table, 'rlnImageName')!.forEach((reference, i) => {
    const at = reference.indexOf('@')
    const index = at < 0 ? 1 : Number(reference.slice(0, at))
    const name = reference.slice(at + 1)
    if (!Number.isInteger(index) || index < 1 || name === '') {
      throw new AppError('InvalidInput', `${path}: rlnImageName of particle ${i + 1} is ${JSON.stringify(reference)}, expected index@stack with an index from 1`, { file: path, found: reference })
    }
    let stack = known.get(name)
    if (stack === undefined) {
      stack = names.push(name) - 1
      known.set(name, stack)
    }
    stackOf[i] = stack
    indexOf[i] = index - 1
  })
  return { names, stackOf, indexOf }
}

function stackWarnings(stacks: readonly StackReference[]): string[] {
  const warnings: string[] = []
  const missing = stacks.filter((stack) => !stack.path)
  const packed = stacks.filter((stack) => stack.path && /\.(gz|bz2)$/i.test(stack.path) && !/\.(gz|bz2)$/i.test(stack.name))
  if (missing.length > 0) warnings.push(`${missing.length} of ${stacks.length} stacks were not found beside the STAR file, above it or in the working directory, the first is ${missing[0]!.name}`)
  if (packed.length > 0) warnings.push(`${packed.length} of ${stacks.length} stacks are read from a compressed copy, the first is ${packed[0]!.path}`)
  return warnings
}

async function findStack(starPath: string, name: string): Promise<StackReference> {
  const folders: string[] = []
  if (isAbsolute(name)) folders.push('/')
  else {
    for (let folder = dirname(resolve(starPath)); ; folder = dirname(folder)) {
      folders.push(folder)
      if (folder === dirname(folder)) break
    }
    folders.push(process.cwd())
  }
  for (const ending of ['', '.gz', '.bz2']) {
    for (const folder of folders) {
      const candidate = isAbsolute(name) ? name + ending : join(folder, name + ending)
      if (await isFile(candidate)) return { name, path: candidate }
    }
  }
  return { name, path: undefined }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false // not there, or not for us to see
  }
}

/** Sizes from the first stack that opens; one that does not is reported when its images are read. */
async function firstStackHeader(stacks: readonly StackReference[]): Promise<{ size: number; pixelSize: number } | undefined> {
  const path = stacks.find((stack) => stack.path)?.path
  if (!path) return undefined
  try {
    const file = await openMrc(path, { kind: 'image-stack' })
    await file.close()
    return { size: file.header.nx, pixelSize: file.voxelSize[0] }
  } catch {
    return undefined
  }
}

/** Pixel and box size from data_optics (3.1), from columns of the table itself, or from magnification (3.0). */
function opticsOf(path: string, file: StarFile, table: StarLoop, warnings: string[]): { pixelSize: number | undefined; boxSize: number | undefined } {
  const optics = file.blocks.find((block) => block.name === 'optics')?.loops[0]
  if (optics && optics.count > 0) {
    const groups = starColumn(optics, 'rlnOpticsGroup')
    const pixels = numbers(path, optics, 'rlnImagePixelSize')
    const boxes = numbers(path, optics, 'rlnImageSize')
    const used = starColumn(table, 'rlnOpticsGroup')
    const rows = [...new Set(used ?? [])].map((group) => groups?.findIndex((candidate) => Number(candidate) === Number(group)) ?? 0)
    if (rows.includes(-1)) warnings.push('some particles name an optics group that data_optics does not list')
    const row = Math.max(0, rows[0] ?? 0)
    const several = (values: Float64Array | undefined): boolean => values !== undefined && rows.some((other) => other >= 0 && values[other] !== values[row])
    if (several(pixels)) warnings.push(`optics groups have different pixel sizes: ${pixels![row]} Angstrom, of the first particle's group, is used`)
    if (several(boxes)) warnings.push('optics groups have different image sizes')
    if (pixels) return { pixelSize: positive(pixels[row]), boxSize: positive(boxes?.[row]) }
  }
  for (const column of ['rlnImagePixelSize', 'rlnPixelSize']) {
    const values = numbers(path, table, column)
    if (values) return { pixelSize: positive(values[0]), boxSize: undefined }
  }
  const detector = numbers(path, table, 'rlnDetectorPixelSize')
  const magnification = numbers(path, table, 'rlnMagnification')
  // Micrometres on the detector over magnification, in Angstrom.
  if (detector && magnification && table.count > 0) return { pixelSize: positive((detector[0]! * 1e4) / magnification[0]!), boxSize: undefined }
  return { pixelSize: undefined, boxSize: undefined }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined
}

function posesOf(path: string, table: StarLoop, pixelSize: number): ParticlePoses | undefined {
  const angle = (column: string): Float64Array | undefined => numbers(path, table, column)?.map((degrees) => (degrees * Math.PI) / 180)
  const rot = angle('rlnAngleRot')
  const tilt = angle('rlnAngleTilt')
  const psi = angle('rlnAnglePsi')
  if (!rot || !tilt || !psi) return undefined
  // Angstrom since 3.1, pixels before; both may be there, and then they agree.
  const origin = (axis: 'X' | 'Y'): Float64Array =>
    numbers(path, table, `rlnOrigin${axis}Angst`) ?? numbers(path, table, `rlnOrigin${axis}`)?.map((pixels) => pixels * pixelSize) ?? new Float64Array(table.count)
  return { rot, tilt, psi, originX: origin('X'), originY: origin('Y') }
}

function numbers(path: string, table: StarLoop, column: string): Float64Array | undefined {
  const texts = starColumn(table, column)
  if (!texts) return undefined
  return Float64Array.from(texts, (text, row) => {
    const value = text === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value)) throw new AppError('InvalidInput', `${path}: ${column} in row ${row + 1} is ${JSON.stringify(text)}, expected a number`, { file: path, field: column, found: text })
    return value
  })
}
