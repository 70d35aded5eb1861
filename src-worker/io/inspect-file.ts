import { openMrc, StatisticsGatherer, type MrcFile, type MrcKind, type ValueStatistics } from 'mrc-file-io'
import type { PixelSizeSource } from '#core/format/particles.ts'
import type { OpticsGroup } from '#core/optics/optics-group.ts'
import type { StackLocation } from './resolve-stacks.ts'
import { isParticleFile, readParticles } from './star-file.ts'

/** What `cryomoment info` says of a map or stack. Numbers come from the data, not from the header. */
export interface MapInspection {
  readonly kind: MrcKind
  /** Grid points along X, Y, Z; for stacks the last is the number of sections. */
  readonly box: [number, number, number]
  /** Angstrom; 0 where undetermined. */
  readonly voxelSize: [number, number, number]
  readonly mode: number
  /** Over the finite values; of the moduli for complex modes; `null` when there are none. */
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly std: number | null
  readonly warnings: string[]
}

/** What it says of a particle file (STAR or cryoSPARC). */
export interface ParticleInspection {
  readonly kind: 'particles'
  readonly format: 'star' | 'cryosparc'
  readonly particles: number
  /** How many optics groups there are; `optics` has them. */
  readonly opticsGroups: number
  readonly stacks: number
  readonly missingStacks: number
  readonly box: [number, number, number]
  readonly pixelSize: number
  readonly voxelSize: [number, number, number]
  /** Everything that states a pixel size, the one that is used first. */
  readonly pixelSizes: readonly PixelSizeSource[]
  readonly optics: readonly (OpticsGroup & { readonly particles: number })[]
  readonly poses: boolean
  readonly shifts: boolean
  readonly halfSets: boolean
  /** Smallest and largest defocus, Angstrom; `null` without CTF. */
  readonly defocus: [number, number] | null
  readonly warnings: string[]
}

/** What it says of a moments file. It holds sums over images, never an image; a low-resolution structure can be made from it. */
export interface MomentsInspection {
  readonly kind: 'moments'
  readonly images: number
  readonly parts: number
  readonly box: [number, number, number]
  readonly pixelSize: number
  readonly voxelSize: [number, number, number]
  /** Of the disc of pixels, pixels. */
  readonly radius: number
  /** Band limits, shells of the box; 0: not taken. */
  readonly maxShell: number
  readonly thirdMaxShell: number
  readonly sigma: number
  readonly noiseSource: 'given' | 'background' | 'spectrum'
  readonly provenance: Readonly<Record<string, unknown>>
  readonly warnings: string[]
}

/** Below this skewness a density looks inverted: a few voxels are far darker than the rest. */
const invertedSkewness = -1
/** Above this variance on the faces, relative to the whole box, the object does not end inside it (compact maps: below 0.01). */
const openFaces = 0.05

/**
 * Reads a map or stack through once, slab by slab, or the text of a particle file, or moments, and says what it is. Errors: as openMrc
 * and readParticles.
 */
export async function inspectFile(path: string, location: StackLocation = {}): Promise<MapInspection | ParticleInspection | MomentsInspection> {
  if (/\.(h5|hdf5|moments)$/i.test(path)) return inspectMoments(path)
  return isParticleFile(path) ? inspectParticles(path, location) : inspectMap(path)
}

async function inspectParticles(path: string, location: StackLocation): Promise<ParticleInspection> {
  const particles = await readParticles(path, location)
  const { count, pixelSize, boxSize, opticsGroups, groupOf, defocus } = particles
  const counts = new Float64Array(opticsGroups.length)
  for (const group of groupOf) counts[group]!++
  const values = defocus ? [...defocus.defocusU, ...defocus.defocusV].filter(Number.isFinite) : []
  return {
    kind: 'particles',
    format: particles.format,
    particles: count,
    opticsGroups: opticsGroups.length,
    stacks: particles.stacks.length,
    missingStacks: particles.stacks.filter((stack) => stack.path === undefined).length,
    box: [boxSize, boxSize, count],
    pixelSize,
    voxelSize: [pixelSize, pixelSize, pixelSize],
    pixelSizes: particles.pixelSizes,
    optics: opticsGroups.map((group, i) => ({ ...group, particles: counts[i]! })),
    poses: particles.poses !== undefined,
    shifts: particles.shifts !== undefined,
    halfSets: particles.randomSubset !== undefined,
    defocus: values.length > 0 ? values.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]) : null,
    warnings: [...particles.warnings],
  }
}

async function inspectMoments(path: string): Promise<MomentsInspection> {
  const { readMoments } = await import('./moments-file.ts')
  const { specification, parts, noiseVariance, noiseSource, provenance } = await readMoments(path)
  const { boxSize, pixelSize, radius, maxFrequency, thirdMaxFrequency = 0 } = specification
  const shells = (frequency: number): number => (frequency * boxSize) / (2 * Math.PI)
  const images = parts.reduce((sum, part) => sum + part.sums.imageCount, 0)
  return {
    kind: 'moments',
    images,
    parts: parts.length,
    box: [boxSize, boxSize, images],
    pixelSize,
    voxelSize: [pixelSize, pixelSize, pixelSize],
    radius,
    maxShell: shells(maxFrequency),
    thirdMaxShell: shells(thirdMaxFrequency),
    sigma: Math.sqrt(noiseVariance),
    noiseSource,
    provenance,
    warnings: [],
  }
}

async function inspectMap(path: string): Promise<MapInspection> {
  const file = await openMrc(path)
  try {
    const faces = new StatisticsGatherer()
    const statistics = await file.statistics((values, start) => {
      if (file.kind === 'volume') gatherFaces(file, values, start, faces)
    })
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
    return {
      kind: file.kind,
      box: [...file.shape],
      voxelSize: [...file.voxelSize],
      mode: file.mode,
      min: finite(statistics.min),
      max: finite(statistics.max),
      mean: finite(statistics.mean),
      std: finite(statistics.std),
      warnings: [...file.report.sentences, ...dataWarnings(file, statistics), ...faceWarning(statistics, faces.result())],
    }
  } finally {
    await file.close()
  }
}

function dataWarnings(file: MrcFile, statistics: ValueStatistics): string[] {
  const warnings: string[] = []
  const { count, nonFinite, min, max, mean } = statistics
  if (nonFinite === count) warnings.push('all values are NaN or infinite')
  else if (nonFinite > 0) warnings.push(`${nonFinite} of ${count} values are NaN or infinite: the statistics leave them out`)
  if (min === max) warnings.push(`all finite values are the same (${min})`)
  if (nonFinite === count || min === max) return warnings
  const { dmin, dmax, dmean } = file.header
  if (dmin === 0 && dmax === 0 && dmean === 0) warnings.push('header statistics are all 0 although the data are not: they are not used')
  else if (dmin <= dmax && Number.isFinite(dmean)) {
    const tolerance = 0.01 * (max - min)
    const differs = [dmin - min, dmax - max, dmean - mean].some((difference) => Math.abs(difference) > tolerance)
    if (differs) warnings.push(`header statistics (minimum ${brief(dmin)}, maximum ${brief(dmax)}, mean ${brief(dmean)}) do not describe the data: they are not used`)
  }
  if (file.kind === 'volume' && statistics.skewness < invertedSkewness) warnings.push('the density looks inverted: a few voxels are far below the rest, protein should be positive')
  return warnings
}

/** Hands the voxels on the six faces of the box, of the sections given, to the gatherer. */
function gatherFaces(file: MrcFile, values: Float32Array, start: number, faces: StatisticsGatherer): void {
  const { nx, ny, nz } = file.header
  const length = nx * ny
  if (values.length % length !== 0 || file.sectionLength !== length) return
  for (let i = 0; i < values.length / length; i++) {
    const section = values.subarray(i * length, (i + 1) * length)
    if (start + i === 0 || start + i === nz - 1) faces.add(section)
    else faces.add(section.filter((_, at) => at < nx || at >= length - nx || at % nx === 0 || at % nx === nx - 1))
  }
}

function faceWarning(whole: ValueStatistics, faces: ValueStatistics): string[] {
  const open = whole.std > 0 && faces.count > 0 && faces.std ** 2 > openFaces * whole.std ** 2
  return open ? ['density reaches the faces of the box: the object does not end inside it, which ab initio reconstruction assumes'] : []
}

function brief(value: number): string {
  return String(Number(value.toPrecision(6)))
}
