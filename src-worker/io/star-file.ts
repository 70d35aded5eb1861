import { openMrc } from 'mrc-file-io'
import type { Particles, PixelSizeSource } from '#core/format/particles.ts'
import { cryosparcParticles, readRecords } from './cryosparc-particles.ts'
import type { ParticleRows } from './particle-rows.ts'
import { readStar } from './read-star.ts'
import { resolveStacks, stackWarnings, type StackLocation } from './resolve-stacks.ts'
import { starParticles } from './star-particles.ts'

export { writeParticles, type ParticleTable } from './star-file-writer.ts'
export { readStar } from './read-star.ts'
export type { ParticlePoses, Particles } from '#core/format/particles.ts'

/** Pixel sizes that differ by less than this are the same number written with fewer digits. */
const SAME_PIXEL_SIZE = 2e-3

/** Whether a path names a file of particles (STAR or .cs), not a stack of images. */
export function isParticleFile(path: string): boolean {
  return /\.(star|cs)(\.gz)?$/i.test(path)
}

/**
 * The particles of a RELION STAR file (3.0, 3.1, 4, 5) or of a cryoSPARC .cs file, told by the file's ending. Images are
 * found by their index in their stack, never by position; `location` says where stacks are when they have moved.
 *
 * Errors: NotFound; InvalidInput where no images are named or a value is not a number; UnsupportedFormat.
 */
export async function readParticles(path: string, location: StackLocation = {}): Promise<Particles> {
  const format = /\.cs(\.gz)?$/i.test(path) ? 'cryosparc' : 'star'
  const rows = format === 'cryosparc' ? cryosparcParticles(path, await readRecords(path)) : starParticles(path, await readStar(path))
  const stacks = await resolveStacks(rows.names, path, location)
  const warnings = [...rows.warnings, ...stackWarnings(stacks)]
  const header = await firstStackHeader(stacks.map((stack) => stack.path))
  const pixelSizes: PixelSizeSource[] = [...rows.pixelSizes]
  if (header && header.pixelSize > 0) pixelSizes.push({ source: 'the header of the stack', pixelSize: header.pixelSize })
  if (rows.pixelSizes.length === 0 && pixelSizes[0]) warnings.push(`the ${format === 'star' ? 'STAR' : '.cs'} file states no pixel size: ${pixelSizes[0].pixelSize} Angstrom is taken from the stack`)
  if (pixelSizes.length === 0 && rows.count > 0) warnings.push('the pixel size is stated nowhere: it is taken as 1 Angstrom')
  const stated = rows.opticsGroups[rows.groupOf[0] ?? 0]?.boxSize
  if (header && stated !== undefined && header.size !== stated) warnings.push(`the ${format === 'star' ? 'STAR' : '.cs'} file states images of ${stated} pixels, the stack has ${header.size}`)
  warnings.push(...groupWarnings(rows))
  const { names: _names, warnings: _warnings, pixelSizes: _pixelSizes, ...data } = rows
  return { path, format, ...data, stacks, pixelSize: pixelSizes[0]?.pixelSize ?? 1, pixelSizes, boxSize: header?.size ?? stated ?? 0, warnings }
}

/** What optics groups differ in, in sentences: only of the groups that particles use. */
function groupWarnings(rows: ParticleRows): string[] {
  const used = [...new Set(rows.groupOf)].map((place) => rows.opticsGroups[place]!)
  const [first] = used
  if (!first) return []
  const warnings: string[] = []
  const list = (values: readonly (number | undefined)[]): string => [...new Set(values)].map((value) => value ?? 'unknown').join(', ')
  if (used.some(({ pixelSize }) => Math.abs((pixelSize ?? first.pixelSize ?? 1) / (first.pixelSize ?? 1) - 1) > SAME_PIXEL_SIZE)) {
    warnings.push(`optics groups have different pixel sizes (${list(used.map(({ pixelSize }) => pixelSize))} Angstrom): images are resampled to ${first.pixelSize} Angstrom, of the first particle's group, when they are read`)
  }
  if (used.some(({ boxSize }) => boxSize !== first.boxSize)) warnings.push(`optics groups have different image sizes (${list(used.map(({ boxSize }) => boxSize))} pixels)`)
  if (used.some(({ voltage }) => voltage !== first.voltage)) warnings.push(`optics groups have different voltages (${list(used.map(({ voltage }) => voltage))} kV): each image's own is used`)
  return warnings
}

/** Sizes from the first stack that opens; one that does not is reported when its images are read. */
async function firstStackHeader(paths: readonly (string | undefined)[]): Promise<{ size: number; pixelSize: number } | undefined> {
  const path = paths.find((candidate) => candidate !== undefined)
  if (path === undefined) return undefined
  try {
    const file = await openMrc(path, { kind: 'image-stack' })
    await file.close()
    return { size: file.header.nx, pixelSize: file.voxelSize[0] }
  } catch {
    return undefined
  }
}
