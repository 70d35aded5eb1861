import { access, open, rename, unlink } from 'node:fs/promises'
import h5wasm, { type Dataset, type File as Hdf5File, type Group } from 'h5wasm/node'
import { AppError } from '#core/error.ts'
import { momentBases, type MomentPart, type MomentSet, type MomentSpecification } from '#core/moments/moment-set.ts'
import { emptySums, type MomentSums } from '#core/moments/moment-sums.ts'
import type { ComplexBlock } from '#core/moments/component-moments.ts'
import { temporaryName } from './atomic-file.ts'

const FORMAT = 'cryomoment-moments'
const VERSION = 1

/**
 * Writes a moment set as one HDF5 file (layout: README.md of this folder): attributes for the specification, one row
 * per part in every data set. Written beside, synced, renamed.
 */
export async function writeMoments(path: string, set: MomentSet): Promise<void> {
  await h5wasm.ready
  const temporary = temporaryName(path)
  const file = new h5wasm.File(temporary, 'w')
  try {
    fill(file, set)
    file.close()
    const handle = await open(temporary, 'r')
    await handle.sync()
    await handle.close()
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw new AppError('InvalidInput', `${path}: the moments cannot be written (${error instanceof Error ? error.message : String(error)})`, { file: path }, error)
  }
}

function fill(file: Hdf5File, set: MomentSet): void {
  const { specification, parts } = set
  const bases = momentBases(specification)
  const attribute = (name: string, value: string | number | readonly number[]): void => {
    file.create_attribute(name, typeof value === 'string' ? value : typeof value === 'number' ? value : [...value])
  }
  attribute('format', FORMAT)
  attribute('version', VERSION)
  attribute('box_size', specification.boxSize)
  attribute('pixel_size_angstrom', specification.pixelSize)
  attribute('radius_pixels', specification.radius)
  attribute('max_frequency_rad_per_pixel', specification.maxFrequency)
  attribute('third_max_frequency_rad_per_pixel', specification.thirdMaxFrequency ?? 0)
  attribute('image_count', parts.reduce((sum, part) => sum + part.sums.imageCount, 0))
  attribute('noise_variance', set.noiseVariance)
  attribute('noise_source', set.noiseSource)
  attribute('provenance', JSON.stringify(set.provenance))
  attribute('second_counts', bases.basis.counts)
  attribute('third_counts', bases.thirdBasis?.counts ?? [0])
  const rows = (name: string, pick: (sums: MomentSums) => Float64Array): void => {
    const width = pick(parts[0]!.sums).length
    const data = new Float64Array(parts.length * width)
    parts.forEach((part, k) => data.set(pick(part.sums), k * width))
    file.create_dataset({ name, data, shape: [parts.length, width], dtype: '<d' })
  }
  file.create_dataset({ name: 'half_set', data: Int32Array.from(parts, (part) => part.half), shape: [parts.length], dtype: '<i' })
  file.create_dataset({ name: 'images', data: Float64Array.from(parts, (part) => part.sums.imageCount), shape: [parts.length], dtype: '<d' })
  rows('first_sum', (sums) => sums.first)
  rows('second_sum_real', (sums) => joined(sums.second, 're'))
  rows('second_sum_imag', (sums) => joined(sums.second, 'im'))
  if (bases.thirdBasis) {
    rows('third_sum_real', (sums) => joined(sums.third, 're'))
    rows('third_sum_imag', (sums) => joined(sums.third, 'im'))
  }
  rows('pixel_sum', (sums) => sums.pixelSum)
  rows('pixel_power', (sums) => sums.pixelPower)
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
  // h5wasm opens anything and fails later, in its own words.
  if (!(await hasSignature(path))) throw refusal()
  let file: Hdf5File
  try {
    file = new h5wasm.File(path, 'r')
  } catch (error) {
    throw refusal(error)
  }
  try {
    return parse(path, file)
  } finally {
    file.close()
  }
}

async function hasSignature(path: string): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.equals(Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'))
  } catch {
    return false // a folder
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
  if (value('format') !== FORMAT) throw refuse('format', value('format'), FORMAT)
  if (number('version') !== VERSION) throw refuse('version', value('version'), String(VERSION))
  const third = number('third_max_frequency_rad_per_pixel')
  const specification: MomentSpecification = {
    boxSize: number('box_size'),
    pixelSize: number('pixel_size_angstrom'),
    radius: number('radius_pixels'),
    maxFrequency: number('max_frequency_rad_per_pixel'),
    thirdMaxFrequency: third > 0 ? third : undefined,
  }
  const bases = momentBases(specification)
  const halves = numbers(path, file, 'half_set')
  const images = numbers(path, file, 'images')
  const parts: MomentPart[] = Array.from(halves, (half, k) => {
    const sums = emptySums(bases.basis, bases.thirdBasis?.counts)
    sums.imageCount = images[k]!
    return { half: half === 2 ? 2 : 1, sums }
  })
  const rows = (name: string, targets: (sums: MomentSums) => readonly Float64Array[]): void => {
    const data = numbers(path, file, name)
    const width = targets(parts[0]!.sums).reduce((sum, target) => sum + target.length, 0)
    if (data.length !== parts.length * width) throw refuse(name, `${data.length} numbers`, `${parts.length} x ${width}`)
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
  const provenance = value('provenance')
  return {
    specification,
    parts,
    noiseVariance: number('noise_variance'),
    noiseSource: value('noise_source') === 'given' ? 'given' : 'background',
    provenance: JSON.parse(typeof provenance === 'string' ? provenance : '{}') as Record<string, unknown>,
  }
}

function numbers(path: string, file: Group, name: string): Float64Array {
  const dataset = file.get(name) as Dataset | null
  if (!dataset) throw new AppError('UnsupportedFormat', `${path}: the data set ${name} is missing`, { file: path, field: name })
  return Float64Array.from(dataset.value as ArrayLike<number>, Number)
}
