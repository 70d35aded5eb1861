import { describe, expect, it } from 'vitest'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { ImageTransform } from '#method/steerable/image-transform.ts'

describe('ImageTransform', () => {
  it.each([
    [17, 8, 0.9],
    [24, 11, 0.7],
    [31, 14.5, 0.95],
  ])('box %i, radius %f: equals the plain sum over the disc', (boxSize, radius, band) => {
    const basis = steerableBasis({ boxSize, radius, maxFrequency: band * Math.PI })
    const random = new Random(5)
    const images = Float32Array.from({ length: 3 * boxSize ** 2 }, () => random.normal())
    const out = new Float32Array(3 * basis.length)
    const kernel = new Kernel(64e6)
    const block = kernel.allocate(images.length)
    block.data.set(images)
    new ImageTransform(kernel, basis, 8).apply(block, 3, out)
    for (let i = 0; i < 3; i++) {
      const expected = expandImage(basis, images.subarray(i * boxSize ** 2, (i + 1) * boxSize ** 2))
      expected.forEach((value, c) => expect(Math.abs(out[i * basis.length + c]! - value)).toBeLessThan(5e-5))
    }
  })

  it('turning an image by 90 degrees multiplies order m by exp(-i m pi/2)', () => {
    const basis = steerableBasis({ boxSize: 21, radius: 9, maxFrequency: 2 })
    const random = new Random(6)
    const n = 21
    const image = Float32Array.from({ length: n * n }, () => random.normal())
    const turned = new Float32Array(n * n)
    // Content at (x, y) moves to (-y, x).
    for (let y = -10; y <= 10; y++) for (let x = -10; x <= 10; x++) turned[(x + 10) * n + -y + 10] = image[(y + 10) * n + x + 10]!
    const a = expandImage(basis, image)
    const b = expandImage(basis, turned)
    basis.counts.forEach((count, m) => {
      for (let p = 0; p < count && m > 0; p++) {
        const re = a[basis.offsets[m]! + p]!
        const im = a[basis.offsets[m]! + count + p]!
        const c = Math.cos((m * Math.PI) / 2)
        const s = -Math.sin((m * Math.PI) / 2)
        expect(b[basis.offsets[m]! + p]).toBeCloseTo(re * c - im * s, 8)
        expect(b[basis.offsets[m]! + count + p]).toBeCloseTo(re * s + im * c, 8)
      }
    })
  })

  it('white noise stays white: E E^* is the identity within an order', () => {
    const basis = steerableBasis({ boxSize: 15, radius: 7, maxFrequency: 2.2 })
    const rows = Array.from({ length: 225 }, (_, pixel) => expandImage(basis, Float64Array.from({ length: 225 }, (_, i) => (i === pixel ? 1 : 0))))
    basis.counts.forEach((count, m) => {
      for (let p = 0; p < count; p++) {
        for (let q = 0; q < count; q++) {
          let re = 0
          for (const row of rows) {
            const o = basis.offsets[m]!
            re += row[o + p]! * row[o + q]! + (m > 0 ? row[o + count + p]! * row[o + count + q]! : 0)
          }
          expect(re).toBeCloseTo(p === q ? 1 : 0, 8)
        }
      }
    })
  })
})
