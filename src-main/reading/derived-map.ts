import { requireInput } from '#core/error.ts'
import { matchGrid } from '#core/volume/match-grid.ts'
import { makeVolume, type Volume } from '#core/volume/volume.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import type { Transferred } from './transferred.ts'

/** A map made of others, written and described in numbers. */
export interface DerivedMap {
  readonly size: number
  readonly voxelSize: number
  /** One sentence for its provenance. */
  readonly text: string
  readonly warnings: readonly string[]
}

/** Mirrors a map through the plane x = centre, which keeps the voxel at floor(n/2), and writes it to `out`. */
export async function flipMap({ path, out }: { readonly path: string; readonly out: string }): Promise<Transferred<DerivedMap>> {
  const { volume, warnings } = await readVolume(path)
  await writeVolume(out, flipHand(volume), { labels: ['CryoMoment: mirrored along X (other hand)'] })
  return { value: { size: volume.size, voxelSize: volume.voxelSize, text: 'mirrored along X: the other hand', warnings } }
}

/** The map seen in a mirror: x becomes 2 floor(n/2) - x. In even boxes the plane x = 0 has no partner and stays. */
export function flipHand(volume: Volume): Volume {
  const { size: n, data } = volume
  const twice = 2 * Math.floor(n / 2)
  const result = new Float32Array(data.length)
  for (let row = 0; row < data.length; row += n) {
    for (let x = 0; x < n; x++) {
      const from = twice - x
      result[row + x] = data[row + (from < n ? from : x)]!
    }
  }
  return makeVolume(n, volume.voxelSize, result, volume.origin)
}

/**
 * Writes a - (s b + c), with b on a's grid and s, c by least squares over the ball inside the box: the two maps need no
 * common scale. Errors: as readVolume; a constant second map.
 */
export async function differenceMap({ a, b, out }: { readonly a: string; readonly b: string; readonly out: string }): Promise<Transferred<DerivedMap>> {
  const first = await readVolume(a)
  const second = await readVolume(b)
  const grid = first.volume
  const resampled = second.volume.size !== grid.size || Math.abs(second.volume.voxelSize / grid.voxelSize - 1) > 5e-4
  const { difference, scale, offset, correlation } = subtractFitted(grid, matchGrid(second.volume, grid))
  await writeVolume(out, difference, { labels: ['CryoMoment: difference map'] })
  const numbers = `a - (${Number(scale.toPrecision(4))} b ${offset < 0 ? '-' : '+'} ${Number(Math.abs(offset).toPrecision(3))}), correlation of the two ${correlation.toFixed(3)}`
  const value = {
    size: grid.size,
    voxelSize: grid.voxelSize,
    text: `${numbers}${resampled ? `; b was resampled from ${second.volume.size} voxels of ${Number(second.volume.voxelSize.toPrecision(4))} A` : ''}`,
    warnings: [...first.warnings, ...second.warnings],
  }
  return { value }
}

/** a - (s b + c) everywhere, with s and c by least squares over the ball of radius n/2. */
export function subtractFitted(a: Volume, b: Volume): { readonly difference: Volume; readonly scale: number; readonly offset: number; readonly correlation: number } {
  const n = a.size
  const c = Math.floor(n / 2)
  let [count, sumA, sumB, sumAA, sumAB, sumBB] = [0, 0, 0, 0, 0, 0]
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++, i++) {
        if ((x - c) ** 2 + (y - c) ** 2 + (z - c) ** 2 > (n / 2) ** 2) continue
        const [va, vb] = [a.data[i]!, b.data[i]!]
        count++
        sumA += va
        sumB += vb
        sumAA += va * va
        sumAB += va * vb
        sumBB += vb * vb
      }
    }
  }
  const varianceA = sumAA - (sumA * sumA) / count
  const varianceB = sumBB - (sumB * sumB) / count
  const covariance = sumAB - (sumA * sumB) / count
  requireInput(varianceB > 0, () => 'the second map is constant on the grid of the first: there is nothing to subtract')
  const scale = covariance / varianceB
  const offset = (sumA - scale * sumB) / count
  const difference = makeVolume(
    n,
    a.voxelSize,
    a.data.map((value, i) => value - scale * b.data[i]! - offset),
    a.origin,
  )
  return { difference, scale, offset, correlation: varianceA > 0 ? covariance / Math.sqrt(varianceA * varianceB) : 0 }
}
