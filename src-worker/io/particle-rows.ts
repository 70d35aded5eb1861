import type { ParticleDefocus, ParticlePoses, ParticleShifts, PixelSizeSource } from '#core/format/particles.ts'
import type { OpticsGroup } from '#core/optics/optics-group.ts'

/** What the rows of a particle file say, whatever its format; stacks are still names. */
export interface ParticleRows {
  readonly count: number
  /** Distinct names of stacks. */
  readonly names: readonly string[]
  readonly stackOf: Int32Array
  readonly indexOf: Int32Array
  readonly opticsGroups: readonly OpticsGroup[]
  readonly groupOf: Int32Array
  readonly defocus: ParticleDefocus | undefined
  readonly shifts: ParticleShifts | undefined
  readonly poses: ParticlePoses | undefined
  readonly randomSubset: Int8Array | undefined
  readonly contrast: 'light' | 'dark' | undefined
  /** Best first. */
  readonly pixelSizes: readonly PixelSizeSource[]
  readonly warnings: readonly string[]
}

/** Names in the order of their first use, and each row's place among them. */
export function distinct<T>(keys: Iterable<T>, count: number): { readonly first: Int32Array; readonly placeOf: Int32Array; readonly keys: readonly T[] } {
  const places = new Map<T, number>()
  const placeOf = new Int32Array(count)
  const first: number[] = []
  let i = 0
  for (const key of keys) {
    let place = places.get(key)
    if (place === undefined) {
      place = places.size
      places.set(key, place)
      first.push(i)
    }
    placeOf[i++] = place
  }
  return { first: Int32Array.from(first), placeOf, keys: [...places.keys()] }
}
