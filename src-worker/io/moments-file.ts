import { access, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import h5wasm, { type Dataset, type File as Hdf5File } from 'h5wasm/node'
import { AppError } from '#core/error.ts'
import { cartesianGrid } from '#core/moments/cartesian.ts'
import { emptyCartesianHalves, momentBases, type MomentPart, type MomentSet, type MomentSpecification } from '#core/moments/moment-set.ts'
import { emptySums, type MomentSums } from '#core/moments/moment-sums.ts'
import type { ComplexBlock } from '#core/moments/component-moments.ts'
import { radialBins, type TransferGroup } from '#core/moments/transfer.ts'
import { cannotWrite, syncFolder, temporaryName } from './atomic-file.ts'
import { makeFolder } from './make-folder.ts'

const FORMAT = 'cryomoment-moments'
/** 2 where images were multiplied by their transfer: a reader that does not know it must not take them for others. */
const VERSIONS = [1, 2]
const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')

export interface WriteMomentsOptions {
  /** Everything in float64, for states from which a pass goes on; otherwise the large sums are kept in float32. */
  readonly exact?: boolean
}

/**
 * Writes a moment set as one HDF5 file (layout: README.md of this folder): attributes for the specification, one row
 * per part in every data set. Written beside, synced, renamed. Errors: InvalidInput where nothing can be written.
 */
export async function writeMoments(path: string, set: MomentSet, options: WriteMomentsOptions = {}): Promise<void> {
  await h5wasm.ready
  const temporary = temporaryName(path)
  try {
    await makeFolder(dirname(path))
    // In the system's own words where the place takes no files: h5wasm has none.
    await (await open(temporary, 'wx')).close()
    const file = new h5wasm.File(temporary, 'w')
    let bytes: number
    try {
      bytes = fill(file, set, options)
    } finally {
      file.close()
    }
    const handle = await open(temporary, 'r')
    await handle.sync()
    await handle.close()
    if ((await stat(temporary)).size < bytes) throw Object.assign(new Error('a file that is too short'), { code: 'ENOSPC' })
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined) // the folder may not be one
    throw cannotWrite(path, error)
  }
}

function fill(file: Hdf5File, set: MomentSet, { exact = false }: WriteMomentsOptions): number {
  const { specification, parts, cartesian } = set
  const bases = momentBases(specification)
  let bytes = 0
  const attribute = (name: string, value: string | number | readonly number[]): void => {
    file.create_attribute(name, typeof value === 'object' ? [...value] : value)
  }
  attribute('format', FORMAT)
  attribute('version', set.transfer ? 2 : 1)
  attribute('box_size', specification.boxSize)
  attribute('pixel_size_angstrom', specification.pixelSize)
  attribute('radius_pixels', specification.radius)
  attribute('max_frequency_rad_per_pixel', specification.maxFrequency)
  attribute('third_max_frequency_rad_per_pixel', specification.thirdMaxFrequency ?? 0)
  attribute('cartesian_shape', specification.cartesian?.shape ?? 'none')
  attribute('cartesian_radius_shells', specification.cartesian?.radius ?? 0)
  attribute('image_count', parts.reduce((sum, part) => sum + part.sums.imageCount, 0))
  attribute('noise_variance', set.noiseVariance)
  attribute('noise_source', set.noiseSource)
  attribute('provenance', JSON.stringify(set.provenance))
  attribute('second_counts', bases.basis.counts)
  attribute('third_counts', bases.thirdBasis?.counts ?? [0])
  const dataset = (name: string, list: readonly Float64Array[], type: 'float64' | 'float32' = 'float64'): void => {
    const width = list[0]!.length
    const data = type === 'float32' ? new Float32Array(list.length * width) : new Float64Array(list.length * width)
    list.forEach((row, k) => data.set(row, k * width))
    file.create_dataset({ name, data, shape: [list.length, width], dtype: type === 'float32' ? '<f' : '<d' })
    bytes += data.byteLength
  }
  const rows = (name: string, pick: (sums: MomentSums) => Float64Array, type?: 'float32' | 'float64'): void => dataset(name, parts.map((part) => pick(part.sums)), type)
  const large = exact ? 'float64' : 'float32'
  file.create_dataset({ name: 'half_set', data: Int32Array.from(parts, (part) => part.half), shape: [parts.length], dtype: '<i' })
  file.create_dataset({ name: 'images', data: Float64Array.from(parts, (part) => part.sums.imageCount), shape: [parts.length], dtype: '<d' })
  rows('first_sum', (sums) => sums.first)
  rows('second_sum_real', (sums) => joined(sums.second, 're'))
  rows('second_sum_imag', (sums) => joined(sums.second, 'im'))
  if (bases.thirdBasis) {
    rows('third_sum_real', (sums) => joined(sums.third, 're'), large)
    rows('third_sum_imag', (sums) => joined(sums.third, 'im'), large)
  }
  rows('pixel_sum', (sums) => sums.pixelSum)
  rows('pixel_power', (sums) => sums.pixelPower)
  if (set.transfer) {
    file.create_group('transfer')
    dataset('transfer/square', set.transfer.map((group) => group.square))
    dataset('transfer/images', parts.map((part) => part.groupCounts ?? new Float64Array(set.transfer!.length)))
  }
  if (cartesian) {
    const { halfPlane, half } = cartesianGrid(specification.boxSize, specification.cartesian!)
    file.create_group('cartesian')
    file.create_dataset({ name: 'cartesian/half_plane', data: halfPlane, shape: [half, 2], dtype: '<i' })
    file.create_dataset({ name: 'cartesian/images', data: Float64Array.from(cartesian, (sums) => sums.imageCount), shape: [2], dtype: '<d' })
    dataset('cartesian/first_sum', cartesian.map((sums) => sums.first))
    dataset('cartesian/second_sum', cartesian.map((sums) => sums.second), large)
  }
  return bytes
}

function joined(blocks: readonly ComplexBlock[], part: 're' | 'im'): Float64Array {
  const out = new Float64Array(blocks.reduce((sum, block) => sum + block[part].length, 0))
  let at = 0
  for (const block of blocks) {
    out.set(block[part], at)
    at += block[part].length
  }
  return out
}

/** Reads a moment set. Errors: NotFound; UnsupportedFormat for anything that is not such a file or is a newer version. */
export async function readMoments(path: string): Promise<MomentSet> {
  await h5wasm.ready
  await access(path).catch((error: unknown) => {
    throw new AppError('NotFound', `${path}: no such file`, { file: path }, error)
  })
  const refusal = (cause?: unknown): AppError => new AppError('UnsupportedFormat', `${path}: not an HDF5 file, expected moments written by cryomoment`, { file: path }, cause)
  await refuseOthers(path, refusal)
  let file: Hdf5File
  try {
    file = new h5wasm.File(path, 'r')
  } catch (error) {
    throw refusal(error)
  }
  try {
    return parse(path, file)
  } catch (error) {
    if (error instanceof AppError && error.message.startsWith(path)) throw error
    throw new AppError('UnsupportedFormat', `${path}: the file is damaged (${error instanceof Error ? error.message : String(error)})`, { file: path }, error)
  } finally {
    file.close()
  }
}

// h5wasm opens anything, and HDF5 prints its own words when that goes wrong: signature and length are looked at first.
async function refuseOthers(path: string, refusal: () => AppError): Promise<void> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(48), 0, 48, 0).catch(() => {
      throw refusal() // a folder
    })
    if (bytesRead < 48 || !buffer.subarray(0, 8).equals(SIGNATURE)) throw refusal()
    // End-of-file address of the superblock (HDF5 file format, II.A; version 0, or 2 and later).
    const version = buffer[8]!
    const expected = Number(buffer.readBigUInt64LE(version < 2 ? 40 : 28))
    if (size < expected) throw new AppError('UnsupportedFormat', `${path}: the file is cut short, it has ${size} bytes, expected ${expected}`, { file: path, found: size, expected })
  } finally {
    await handle.close()
  }
}

function parse(path: string, file: Hdf5File): MomentSet {
  const attributes = file.attrs
  const refuse = (field: string, found: unknown, expected: string): AppError => new AppError('UnsupportedFormat', `${path}: ${field} is ${String(found)}, expected ${expected}`, { file: path, field, found })
  const value = (name: string): unknown => attributes[name]?.value
  const number = (name: string): number => {
    const found = Number(value(name) ?? Number.NaN)
    if (!Number.isFinite(found)) throw refuse(name, value(name), 'a number')
    return found
  }
  if (value('format') === undefined) throw new AppError('UnsupportedFormat', `${path}: an HDF5 file of another kind, expected moments written by cryomoment`, { file: path })
  if (value('format') !== FORMAT) throw refuse('format', value('format'), FORMAT)
  if (!VERSIONS.includes(number('version'))) throw refuse('version', value('version'), `${VERSIONS.at(-1)}: it was written by a newer cryomoment`)
  const shape = value('cartesian_shape') ?? 'none'
  if (shape !== 'none' && shape !== 'disc' && shape !== 'square') throw refuse('cartesian_shape', shape, 'none, disc or square')
  const third = number('third_max_frequency_rad_per_pixel')
  const specification: MomentSpecification = {
    boxSize: number('box_size'),
    pixelSize: number('pixel_size_angstrom'),
    radius: number('radius_pixels'),
    maxFrequency: number('max_frequency_rad_per_pixel'),
    thirdMaxFrequency: third > 0 ? third : undefined,
    ...(shape !== 'none' && { cartesian: { shape, radius: number('cartesian_radius_shells') } }),
  }
  const bases = momentBases(specification)
  const images = numbers(path, file, 'images')
  const halves = numbers(path, file, 'half_set', images.length)
  if (images.length === 0) throw refuse('images', 'empty', 'a count for every part')
  const transfer = file.get('transfer/square') === null ? undefined : readTransfer(path, file, { bins: radialBins(specification.boxSize).count, parts: images.length })
  const parts: MomentPart[] = Array.from(halves, (half, k) => {
    if (half !== 1 && half !== 2) throw refuse('half_set', half, '1 or 2')
    const sums = emptySums(bases.basis, bases.thirdBasis?.counts)
    sums.imageCount = images[k]!
    return { half, sums, ...(transfer && { groupCounts: transfer.counts[k]! }) }
  })
  const rows = (name: string, targets: (sums: MomentSums) => readonly Float64Array[]): void => {
    const width = targets(parts[0]!.sums).reduce((sum, target) => sum + target.length, 0)
    const data = numbers(path, file, name, parts.length * width)
    let at = 0
    for (const part of parts) {
      for (const target of targets(part.sums)) {
        target.set(data.subarray(at, at + target.length))
        at += target.length
      }
    }
  }
  rows('first_sum', (sums) => [sums.first])
  rows('second_sum_real', (sums) => sums.second.map((block) => block.re))
  rows('second_sum_imag', (sums) => sums.second.map((block) => block.im))
  if (bases.thirdBasis) {
    rows('third_sum_real', (sums) => sums.third.map((block) => block.re))
    rows('third_sum_imag', (sums) => sums.third.map((block) => block.im))
  }
  rows('pixel_sum', (sums) => [sums.pixelSum])
  rows('pixel_power', (sums) => [sums.pixelPower])
  const cartesian = emptyCartesianHalves(specification)
  if (cartesian) {
    const counts = numbers(path, file, 'cartesian/images', 2)
    const length = cartesian[0].first.length
    const first = numbers(path, file, 'cartesian/first_sum', 2 * length)
    const second = numbers(path, file, 'cartesian/second_sum', length * (length + 1))
    cartesian.forEach((sums, k) => {
      sums.imageCount = counts[k]!
      sums.first.set(first.subarray(k * length, (k + 1) * length))
      sums.second.set(second.subarray((k * length * (length + 1)) / 2, ((k + 1) * length * (length + 1)) / 2))
    })
  }
  const provenance = value('provenance')
  return {
    specification,
    parts,
    ...(transfer && { transfer: transfer.groups }),
    ...(cartesian && { cartesian }),
    noiseVariance: number('noise_variance'),
    noiseSource: value('noise_source') === 'given' ? 'given' : value('noise_source') === 'spectrum' ? 'spectrum' : 'background',
    provenance: JSON.parse(typeof provenance === 'string' ? provenance : '{}') as Record<string, unknown>,
  }
}

function readTransfer(path: string, file: Hdf5File, shape: { bins: number; parts: number }): { groups: TransferGroup[]; counts: Float64Array[] } {
  const squares = numbers(path, file, 'transfer/square')
  const count = squares.length / shape.bins
  if (!Number.isInteger(count) || count < 1) throw new AppError('UnsupportedFormat', `${path}: transfer/square holds ${squares.length} numbers, expected a multiple of ${shape.bins}`, { file: path, field: 'transfer/square', found: squares.length })
  const counts = numbers(path, file, 'transfer/images', shape.parts * count)
  return {
    groups: Array.from({ length: count }, (_, g) => ({ square: squares.slice(g * shape.bins, (g + 1) * shape.bins) })),
    counts: Array.from({ length: shape.parts }, (_, k) => counts.slice(k * count, (k + 1) * count)),
  }
}

function numbers(path: string, file: Hdf5File, name: string, expected?: number): Float64Array {
  const dataset = file.get(name) as Dataset | null
  if (!dataset) throw new AppError('UnsupportedFormat', `${path}: the data set ${name} is missing`, { file: path, field: name })
  const values = dataset.value as ArrayLike<number> | null
  const data = values instanceof Float64Array ? values : Float64Array.from(values ?? [], Number)
  if (expected !== undefined && data.length !== expected) {
    throw new AppError('UnsupportedFormat', `${path}: ${name} holds ${data.length} numbers, expected ${expected}`, { file: path, field: name, found: data.length, expected })
  }
  return data
}
