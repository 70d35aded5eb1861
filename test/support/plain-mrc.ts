import { writeFileSync } from 'node:fs'
import type { Volume } from '#core/volume/volume.ts'

/** Writes the barest MRC map (mode 2), for other programs to read: independent of our own writer. */
export function writePlainMrc(path: string, volume: Volume): void {
  const header = new DataView(new ArrayBuffer(1024))
  for (const word of [0, 1, 2, 7, 8, 9]) header.setInt32(4 * word, volume.size, true)
  header.setInt32(12, 2, true)
  for (const word of [10, 11, 12]) header.setFloat32(4 * word, volume.size * volume.voxelSize, true)
  for (const word of [13, 14, 15]) header.setFloat32(4 * word, 90, true)
  for (const word of [16, 17, 18]) header.setInt32(4 * word, word - 15, true)
  header.setInt32(88, 1, true)
  header.setUint32(208, 0x2050414d, true)
  header.setUint16(212, 0x4444, true)
  writeFileSync(path, Buffer.concat([Buffer.from(header.buffer), Buffer.from(volume.data.buffer, volume.data.byteOffset, volume.data.byteLength)]))
}
