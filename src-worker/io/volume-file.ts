import { openMrc, writeMrc, type MrcFile } from 'mrc-file-io'
import { AppError } from '#core/error.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'

export interface ReadVolumeOptions {
  /** Angstrom; used instead of what the file says. */
  readonly voxelSize?: number
}

/** A volume and what was odd about its file, in sentences. */
export interface VolumeReading {
  readonly volume: Volume
  readonly warnings: string[]
}

/** Largest relative difference between voxel sizes that is taken for rounding. */
const anisotropyAllowed = 0.01
/** 1024 voxels a side; above, a float32 cube alone is more than 4 GiB. */
const largestSize = 1024

/**
 * Reads any map as a cube: axes in the order X, Y, Z, padded with zeros where it is not cubic (its centre voxel
 * floor(n/2) becomes the cube's), float32. An undetermined voxel size becomes 1 Angstrom, with a warning.
 *
 * Errors: what openMrc refuses; an image or a stack; complex values; NaN or infinite voxels; voxel sizes that differ
 * between the axes by more than 1 percent, unless one is given.
 */
export async function readVolume(path: string, options: ReadVolumeOptions = {}): Promise<VolumeReading> {
  const file = await openMrc(path)
  try {
    const warnings = file.report.sentences
    if (file.kind === 'image' || file.kind === 'image-stack') {
      throw new AppError('InvalidInput', `${path}: this is ${file.kind === 'image' ? 'a single image' : `a stack of ${file.sectionCount} images`}, expected a volume`, { file: path, found: file.kind })
    }
    const voxelSize = options.voxelSize ?? isotropicSize(file, warnings)
    if (file.volumeCount > 1) warnings.push(`the first of ${file.volumeCount} volumes is used`)
    const shape: [number, number, number] = [file.shape[0], file.shape[1], file.shape[2] / file.volumeCount]
    const size = Math.max(...shape)
    if (size > largestSize) {
      throw new AppError('InvalidInput', `${path}: the map is ${shape.join(' x ')}, expected at most ${largestSize} voxels a side`, { file: path, found: shape, expected: largestSize })
    }
    const values = await file.readVolume()
    requireFinite(path, values)
    if (shape.some((length) => length !== size)) warnings.push(`the map is ${shape.join(' x ')}: padded with zeros to a cube of ${size}`)
    const low = shape.map((length) => Math.floor(size / 2) - Math.floor(length / 2))
    const origin = file.origin.map((value, i) => value - low[i]! * voxelSize) as [number, number, number]
    return { volume: makeVolume(size, voxelSize, padded(values, shape, size), origin), warnings }
  } finally {
    await file.close()
  }
}

/** Writes a volume as an MRC2014 map (mode 2), atomically. Errors: NaN or infinite voxels; a path that cannot be written. */
export async function writeVolume(path: string, volume: Volume, options: { readonly labels?: readonly string[] } = {}): Promise<void> {
  requireFinite(path, volume.data)
  const { size, voxelSize, origin } = volume
  const labels = options.labels ?? ['CryoMoment']
  await writeMrc(path, volume.data, { kind: 'volume', shape: [size, size, size], voxelSize, origin, labels })
}

function isotropicSize(file: MrcFile, warnings: string[]): number {
  const known = file.voxelSize.filter((size) => size > 0)
  if (known.length === 0) {
    warnings.push('the voxel size is taken as 1 Angstrom')
    return 1
  }
  const mean = known.reduce((sum, size) => sum + size, 0) / known.length
  if (known.some((size) => Math.abs(size - mean) > anisotropyAllowed * mean)) {
    const found = file.voxelSize.map((size) => Number(size.toPrecision(5)))
    throw new AppError('InvalidInput', `${file.path}: voxel sizes are ${found.join(', ')} Angstrom along X, Y, Z, expected equal ones: resample the map or give the voxel size`, { file: file.path, field: 'CELLA', found })
  }
  // The sum of three equal numbers need not be three times one of them.
  return Number(mean.toPrecision(12))
}

function requireFinite(path: string, values: Float32Array): void {
  let count = 0
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) count++
  if (count > 0) throw new AppError('InvalidInput', `${path}: ${count} of ${values.length} voxels are NaN or infinite, expected finite densities`, { file: path, found: count })
}

function padded(values: Float32Array, shape: readonly [number, number, number], size: number): Float32Array {
  const [nx, ny, nz] = shape
  if (nx === size && ny === size && nz === size) return values
  const low = shape.map((length) => Math.floor(size / 2) - Math.floor(length / 2)) as [number, number, number]
  const result = new Float32Array(size ** 3)
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const from = (z * ny + y) * nx
      result.set(values.subarray(from, from + nx), ((z + low[2]) * size + y + low[1]) * size + low[0])
    }
  }
  return result
}
