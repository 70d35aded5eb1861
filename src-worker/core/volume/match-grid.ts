import { requireInput } from '../error.ts'
import { cropOrPad, fourierResample } from './resample.ts'
import type { Volume } from './volume.ts'

// Voxel sizes closer than this are one size: their grids part by less than a tenth of a voxel over 200.
const SAME_SIZE = 5e-4

/**
 * A volume on the voxel size and box of another: Fourier-resampled to the voxel size (padded first to a box for which that
 * is a whole number of voxels, to SAME_SIZE), then cut or padded about its centre.
 * **Errors**: InvalidInput where the result would have fewer than 8 voxels across the volume.
 */
export function matchGrid(volume: Volume, grid: Volume): Volume {
  const ratio = volume.voxelSize / grid.voxelSize
  if (Math.abs(ratio - 1) < SAME_SIZE) return { ...cropOrPad(volume, grid.size), voxelSize: grid.voxelSize }
  requireInput(volume.size * ratio >= 8, () => `a map of ${volume.size} voxels of ${volume.voxelSize} Angstrom has fewer than 8 voxels of ${grid.voxelSize} Angstrom`)
  let box = volume.size
  const misfit = (size: number): number => Math.abs(Math.round(size * ratio) / (size * ratio) - 1)
  for (let size = volume.size; size <= volume.size + 128 && misfit(box) > SAME_SIZE / 5; size++) if (misfit(size) < misfit(box)) box = size
  const resampled = fourierResample(cropOrPad(volume, box), Math.round(box * ratio))
  return { ...cropOrPad(resampled, grid.size), voxelSize: grid.voxelSize }
}
