import type { Volume } from '#core/volume/volume.ts'

const BINS = 65_536

/** The level that a share of all voxels lies above (default 1 %), to a 65,536th of the map's range. */
export function mapLevel({ data }: Volume, share = 0.01): number {
  let low = Infinity
  let high = -Infinity
  for (const value of data) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(high > low)) return low
  const counts = new Uint32Array(BINS)
  const scale = (BINS - 1) / (high - low)
  for (const value of data) counts[Math.floor((value - low) * scale)]!++
  let above = 0
  let bin = BINS
  while (bin > 0 && above < share * data.length) above += counts[--bin]!
  return low + bin / scale
}
