import { AppError } from '../error.ts'
import { particleExtent } from './particle-extent.ts'
import { bandLimit, cropOrPad, fourierResample } from './resample.ts'
import { makeVolume, type Volume } from './volume.ts'

export interface TruthOptions {
  /** `norm1` (default): `sum v^2 = 1`; `original`: the density's own scale. */
  readonly scale?: 'norm1' | 'original'
  /** Resample to about this pixel size (Angstrom) and cut or pad to the box, instead of keeping the field of view. */
  readonly pixelSize?: number | undefined
}

export interface Truth {
  /** What the images are projections of: box `size`, centre floor(n/2), |k| < pi only. */
  readonly volume: Volume
  /** Density of the volume over density of the map. */
  readonly factor: number
  readonly warnings: readonly string[]
}

/**
 * A map made ready for simulation at a box: Fourier-cropped where the map is larger (same field of view, larger voxels),
 * zero-padded where it is smaller, limited to the Nyquist ball (so that every rotation keeps it whole), and scaled.
 * Throws InvalidInput for a constant map, and for a box that cuts into the particle.
 */
export function prepareTruth(map: Volume, size: number, options: TruthOptions = {}): Truth {
  const extent = particleExtent(map)
  if (!extent) throw new AppError('InvalidInput', 'the map is constant: there is nothing to simulate', { box: map.size })
  const wanted = options.pixelSize === undefined ? Math.min(map.size, size) : Math.round((map.size * map.voxelSize) / options.pixelSize)
  if (wanted < 8) throw new AppError('InvalidInput', `at a pixel size of ${options.pixelSize} Angstrom the map has only ${wanted} voxels a side, expected 8 or more`, { field: 'pixelSize', found: options.pixelSize })
  const radius = (extent.radius * wanted) / map.size
  const needed = Math.ceil(2 * radius) + 1
  if (size < wanted && radius > 1.05 * (size / 2)) {
    throw new AppError('InvalidInput', `a box of ${size} is smaller than the particle, which needs about ${needed} pixels of ${((map.size * map.voxelSize) / wanted).toPrecision(4)} Angstrom`, { field: 'box', found: size, expected: needed })
  }
  const limited = bandLimit(cropOrPad(fourierResample(map, wanted), size))
  let norm = 0
  for (const value of limited.data) norm += value * value
  if (!(norm > 0)) throw new AppError('InvalidInput', `nothing of the map is left at a box of ${size}`, { field: 'box', found: size })
  const factor = options.scale === 'original' ? 1 : 1 / Math.sqrt(norm)
  return {
    volume: makeVolume(size, limited.voxelSize, limited.data.map((value) => value * factor), limited.origin),
    factor,
    warnings: placeWarnings(map, extent.centre, radius, size),
  }
}

function placeWarnings(map: Volume, centre: readonly [number, number, number], radius: number, size: number): string[] {
  const warnings: string[] = []
  const off = Math.hypot(...centre)
  if (off > 0.05 * map.size) {
    warnings.push(`the particle's centre of mass is ${off.toFixed(1)} voxels off the box centre (${centre.map((v) => v.toFixed(1)).join(', ')}): the images are turned about the box centre`)
  }
  if (radius > 0.95 * (size / 2)) {
    warnings.push(`the particle reaches ${radius.toFixed(0)} pixels from the centre of a box of ${size}: what leaves the box on one side of an image comes in on the other`)
  }
  return warnings
}
