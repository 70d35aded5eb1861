import { resolve } from 'node:path'
import { fileHash } from '#io/file-hash.ts'
import { readVolume } from '#io/volume-file.ts'
import type { SimulationSource } from './simulate-map.ts'

/** A map file as the source of a simulation. */
export async function mapSource(map: string, voxelSize: number | undefined): Promise<SimulationSource> {
  const path = resolve(map)
  const { volume, warnings } = await readVolume(path, voxelSize === undefined ? {} : { voxelSize })
  return { name: path, volume, warnings, record: { path, sha256: await fileHash(path), box: volume.size, voxelSize: volume.voxelSize } }
}
