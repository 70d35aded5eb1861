import { openMrc, type MrcFile } from 'mrc-file-io'
import { AppError } from '#core/error.ts'

type Triple = readonly [number, number, number]

/** A map as it is in its file: any shape, X fastest, whatever the order there. */
export interface MapGrid {
  /** Voxels along X, Y, Z. */
  readonly dimensions: Triple
  /** Angstrom along X, Y, Z; null where the header leaves any of them undetermined. */
  readonly voxelSize: Triple | null
  /** Where the centre of voxel (0,0,0) sits, Angstrom. */
  readonly origin: Triple
  /** Finite: NaN and infinite values have become 0, and a warning says how many. */
  readonly values: Float32Array
  readonly warnings: readonly string[]
}

/** 1024 voxels a side: 4 GiB. */
const largestCount = 2 ** 30

/**
 * Reads a map to be looked at: not made cubic, not refused for unequal voxel sizes.
 * Errors: what openMrc refuses; images and stacks; complex values; more than 2^30 voxels.
 */
export async function readMapGrid(path: string): Promise<MapGrid> {
  const file = await openMrc(path)
  try {
    const { kind, volumeCount } = file
    if (kind === 'image' || kind === 'image-stack') {
      throw new AppError('InvalidInput', `${path}: this is ${kind === 'image' ? 'a single image' : `a stack of ${file.sectionCount} images`}, expected a map`, { file: path, found: kind })
    }
    const dimensions = [file.shape[0], file.shape[1], file.shape[2] / volumeCount] as const
    if (dimensions[0] * dimensions[1] * dimensions[2] > largestCount) throw new AppError('InvalidInput', `${path}: the map is ${dimensions.join(' x ')}, expected at most 1024 voxels a side`, { file: path, found: dimensions })
    const warnings = file.report.sentences
    if (volumeCount > 1) warnings.push(`the first of ${volumeCount} volumes is shown`)
    const values = await file.readVolume()
    const bad = clearNonFinite(values)
    if (bad > 0) warnings.push(`${bad} of ${values.length} voxels are NaN or infinite: they are taken as 0`)
    return { dimensions, voxelSize: sizeOf(file), origin: file.origin, values, warnings }
  } finally {
    await file.close()
  }
}

function sizeOf({ voxelSize }: MrcFile): Triple | null {
  return voxelSize.every((size) => size > 0) ? voxelSize : null
}

function clearNonFinite(values: Float32Array): number {
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i]! - values[i]! === 0) continue
    values[i] = 0
    count++
  }
  return count
}
