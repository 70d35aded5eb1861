import { stat } from 'node:fs/promises'
import type { Dataset } from '#contract/dataset.ts'
import { AppError } from '#core/error.ts'
import { inspectFile } from '#io/inspect-file.ts'
import { readMapHeader, type MapHeader } from '#io/map-header.ts'
import { imageSource, isParticleList } from './image-source.ts'
import type { Transferred } from './transferred.ts'
import { valueDistribution } from '#core/volume/value-distribution.ts'
import { readMapGrid } from '#io/map-grid.ts'

/** What a card says of a file. */
export interface FileDescription {
  readonly kind: Dataset['kind']
  readonly summary: string
  readonly fields: Dataset['fields']
  readonly repairs: readonly string[]
  readonly histogram?: Dataset['histogram']
  readonly images?: { readonly count: number; readonly size: number; readonly pixelSize: number | null }
}

/** Images that a histogram of a stack is made of. */
const SAMPLED = 64

/**
 * Reads what there is to say of a map, a stack, a particle list or moments. Maps are read through; of stacks a few images
 * are, of lists no image. Errors: what the readers refuse, one sentence each.
 */
export async function describeFile({ path, roots }: { readonly path: string; readonly roots?: readonly string[] | undefined }): Promise<Transferred<FileDescription>> {
  const found = await stat(path)
  if (!found.isFile()) throw new AppError('InvalidInput', `${path} is a folder, expected a map, a stack, a STAR file or moments`, { path })
  if (isParticleList(path)) return { value: await describeParticles(path, roots) }
  if (/\.(h5|hdf5|moments)$/i.test(path)) return { value: await describeMoments(path) }
  const header = await readMapHeader(path)
  const size = { name: 'File', value: bytesInWords(found.size) }
  const described = header.kind === 'image-stack' || header.kind === 'image' ? await describeStack(path, header, roots) : await describeMap(path, header)
  return { value: { ...described, fields: [...described.fields, size] } }
}

async function describeMap(path: string, header: MapHeader): Promise<FileDescription> {
  // Twice through the file: what is odd about the data, and how they are spread.
  const inspection = await inspectFile(path)
  const { values, warnings } = await readMapGrid(path)
  const { statistics, histogram } = valueDistribution(values)
  const { minimum, maximum, mean, standardDeviation } = statistics
  const data = [
    { name: 'Values', value: `${brief(minimum)} to ${brief(maximum)}, from the data` },
    { name: 'Mean', value: brief(mean) },
    { name: 'Standard deviation', value: brief(standardDeviation) },
  ]
  const repairs = [...new Set([...header.repairs, ...inspection.warnings, ...warnings])]
  return { kind: 'map', summary: `${header.shape.join(' x ')}, ${sizeInWords(header.voxelSize)}`, fields: [...header.fields, ...data], repairs, histogram }
}

async function describeStack(path: string, header: MapHeader, roots: readonly string[] | undefined): Promise<FileDescription> {
  const images = await imageSource(path, roots)
  // Going back in a compressed stack starts it again: the first ones must do.
  const sample = header.compression === 'none' ? await spread(images, SAMPLED) : await images.read(0, Math.min(16, images.count))
  const { statistics, histogram } = valueDistribution(finite(sample))
  const sampled = { name: 'Values', value: `${brief(statistics.minimum)} to ${brief(statistics.maximum)}, standard deviation ${brief(statistics.standardDeviation)}, in ${Math.min(images.count, header.compression === 'none' ? SAMPLED : 16)} of the images` }
  return {
    kind: 'stack',
    summary: imagesInWords(images.count, images.size, header.voxelSize[0]),
    fields: [...header.fields, sampled],
    repairs: [...new Set(images.warnings)],
    histogram,
    images: { count: images.count, size: images.size, pixelSize: header.voxelSize[0] > 0 ? header.voxelSize[0] : null },
  }
}

async function describeParticles(path: string, roots: readonly string[] | undefined): Promise<FileDescription> {
  const inspection = await inspectFile(path)
  if (inspection.kind !== 'particles') throw new AppError('Internal', `${path} was read as ${inspection.kind}`)
  const { particles, pixelSize, stacks, poses, warnings, box } = inspection
  // A list whose stacks are elsewhere is still a list: its card says so.
  const problem = await imageSource(path, roots).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const fields = [
    { name: 'Particles', value: particles.toLocaleString('en') },
    { name: 'Images', value: `${box[0]} x ${box[1]} pixels` },
    { name: 'Pixel size', value: sizeInWords([pixelSize]) },
    { name: 'Stacks', value: stacks.toLocaleString('en') },
    { name: 'Poses', value: poses ? 'rotations are listed' : 'none listed' },
  ]
  return {
    kind: 'particles',
    summary: imagesInWords(particles, box[0], pixelSize),
    fields,
    repairs: [...new Set([...warnings, ...(problem === undefined ? [] : [problem])])],
    ...(problem === undefined && particles > 0 && { images: { count: particles, size: box[0], pixelSize } }),
  }
}

async function describeMoments(path: string): Promise<FileDescription> {
  const inspection = await inspectFile(path)
  const [size] = inspection.box
  const rows = Object.entries(inspection).flatMap(([name, value]) => (typeof value === 'number' || typeof value === 'string' ? [{ name: words(name), value: typeof value === 'number' ? brief(value) : value }] : []))
  return { kind: 'moments', summary: `moments of ${inspection.box[2].toLocaleString('en')} images of ${size} x ${size}, ${sizeInWords(inspection.voxelSize)}`, fields: rows.filter(({ name }) => name !== 'Kind'), repairs: inspection.warnings }
}

/** Up to `count` images, evenly over the stack. */
async function spread(images: { readonly count: number; readonly size: number; read(start: number, count: number): Promise<Float32Array> }, count: number): Promise<Float32Array> {
  const taken = Math.min(count, images.count)
  const length = images.size ** 2
  const result = new Float32Array(taken * length)
  for (let i = 0; i < taken; i++) result.set(await images.read(Math.floor((i * images.count) / taken), 1), i * length)
  return result
}

function finite(values: Float32Array): Float32Array {
  return values.every(Number.isFinite) ? values : values.filter(Number.isFinite)
}

/** "4,000 images of 64 x 64, 5 A" */
function imagesInWords(count: number, size: number, pixelSize: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'image' : 'images'} of ${size} x ${size}, ${sizeInWords([pixelSize])}`
}

function sizeInWords(sizes: readonly number[]): string {
  if (sizes.some((size) => !(size > 0))) return 'size undetermined'
  const [first] = sizes as [number]
  return sizes.every((size) => Math.abs(size - first) < 1e-3 * first) ? `${Number(first.toPrecision(4))} A` : `${sizes.map((size) => Number(size.toPrecision(4))).join(' x ')} A`
}

function bytesInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`
}

function words(name: string): string {
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

function brief(value: number): string {
  return String(Number(value.toPrecision(4)))
}
