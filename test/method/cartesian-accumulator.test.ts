import { describe, expect, it } from 'vitest'
import { addCartesianSums, cartesianGrid, cartesianSample, emptyCartesianSums } from '#core/moments/cartesian.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { cartesianBytes, CartesianAccumulator } from '#method/moments/cartesian-accumulator.ts'

describe('CartesianAccumulator', () => {
  it.each([
    [13, 'square', 6],
    [14, 'square', 6],
    [22, 'disc', 9.5],
  ] as const)('box %i, %s to shell %f: sums of the plain DFT and of its products, batch by batch', (boxSize, shape, radius) => {
    const grid = cartesianGrid(boxSize, { shape, radius })
    const random = new Random(boxSize)
    const pixels = boxSize ** 2
    const images = Float32Array.from({ length: 9 * pixels }, () => 1 + random.normal())
    const accumulator = new CartesianAccumulator(new Kernel(cartesianBytes(grid, 4)), grid, 4)
    const sums = emptyCartesianSums(grid)
    accumulator.add(images, [0, 1, 2, 3], sums)
    accumulator.add(images, [4, 6, 8], sums)
    const rest = emptyCartesianSums(grid)
    accumulator.add(images, [5, 7], rest)
    addCartesianSums(sums, rest)
    expect(sums.imageCount).toBe(9)
    const samples = Array.from({ length: 9 }, (_, i) => cartesianSample(grid, images.subarray(i * pixels, (i + 1) * pixels)))
    let worst = 0
    let largest = 0
    for (let i = 0; i < grid.dimension; i++) {
      worst = Math.max(worst, Math.abs(sums.first[i]! - samples.reduce((sum, s) => sum + s[i]!, 0)) / boxSize)
      for (let j = 0; j <= i; j++) {
        const expected = samples.reduce((sum, s) => sum + s[i]! * s[j]!, 0)
        largest = Math.max(largest, Math.abs(expected))
        worst = Math.max(worst, Math.abs(sums.second[(i * (i + 1)) / 2 + j]! - expected) / largest)
      }
    }
    expect(worst).toBeLessThan(1e-5)
  })
})
