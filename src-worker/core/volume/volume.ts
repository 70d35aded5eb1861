import { requireShape } from '../error.ts'

/** A cubic density in memory. Immutable by convention: functions return new ones. */
export interface Volume {
  /** Voxels along each side. */
  readonly size: number
  /** Voxel edge in Angstrom. */
  readonly voxelSize: number
  /** size^3 values, x fastest. */
  readonly data: Float32Array
  /** Where the centre of voxel (0,0,0) sits, Angstrom. */
  readonly origin: readonly [number, number, number]
}

/** A volume from its parts, checked. */
export function makeVolume(size: number, voxelSize: number, data: Float32Array, origin: readonly [number, number, number] = [0, 0, 0]): Volume {
  requireShape(data.length === size ** 3, () => `a volume of box ${size} needs ${size ** 3} values, found ${data.length}`)
  return { size, voxelSize, data, origin }
}
