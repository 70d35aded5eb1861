/**
 * Mean over the cube of 2 reach + 1 voxels about each voxel of a size^3 grid; at the rim over the part that lies in it.
 * Shape: size^3, x fastest. Cost: independent of `reach`.
 */
export function boxBlur(data: ArrayLike<number>, size: number, reach: number): Float32Array {
  let from = Float64Array.from(data)
  for (const stride of [1, size, size * size]) {
    const to = new Float64Array(from.length)
    for (let at = 0; at < from.length; at++) {
      if (Math.floor(at / stride) % size !== 0) continue
      let sum = 0
      for (let i = 0; i < Math.min(reach, size); i++) sum += from[at + i * stride]!
      for (let i = 0; i < size; i++) {
        if (i + reach < size) sum += from[at + (i + reach) * stride]!
        if (i - reach - 1 >= 0) sum -= from[at + (i - reach - 1) * stride]!
        to[at + i * stride] = sum / (Math.min(size - 1, i + reach) - Math.max(0, i - reach) + 1)
      }
    }
    from = to
  }
  return Float32Array.from(from)
}
