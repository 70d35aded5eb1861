type Triple = readonly [number, number, number]

/** Sides of a grid binned by 2: an odd end keeps a voxel of its own. */
export function binnedSides(dimensions: Triple): [number, number, number] {
  return dimensions.map((side) => Math.ceil(side / 2)) as [number, number, number]
}

/**
 * Means of 2 x 2 x 2 voxels (of fewer at an odd end). `values`: nx * ny * nz, x fastest; the result is so too, with
 * `binnedSides`. A binned voxel's centre lies in the middle of those it stands for.
 */
export function binValues(values: Float32Array, dimensions: Triple): Float32Array {
  const [nx, ny, nz] = dimensions
  const [mx, my, mz] = binnedSides(dimensions)
  const result = new Float32Array(mx * my * mz)
  for (let z = 0, at = 0; z < mz; z++) {
    const z2 = Math.min(2 * z + 1, nz - 1)
    for (let y = 0; y < my; y++) {
      const y2 = Math.min(2 * y + 1, ny - 1)
      const [a, b, c, d] = [nx * (2 * y + ny * 2 * z), nx * (y2 + ny * 2 * z), nx * (2 * y + ny * z2), nx * (y2 + ny * z2)]
      for (let x = 0; x < mx; x++, at++) {
        const x1 = 2 * x
        const x2 = x1 + 1 < nx ? x1 + 1 : x1
        result[at] = (values[a + x1]! + values[a + x2]! + values[b + x1]! + values[b + x2]! + values[c + x1]! + values[c + x2]! + values[d + x1]! + values[d + x2]!) / 8
      }
    }
  }
  return result
}
