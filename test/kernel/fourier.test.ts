import { describe, expect, it } from 'vitest'
import { fft2, fft3 } from '#core/math/fft.ts'
import { Random } from '#core/random.ts'
import { FourierPlan } from '#kernel/fourier.ts'
import { Kernel, type Block } from '#kernel/kernel.ts'

function fill(block: Block, random: Random): Float64Array {
  for (let i = 0; i < block.data.length; i++) block.data[i] = random.normal()
  return Float64Array.from(block.data)
}

function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0
  let energy = 0
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    energy += b[i]! ** 2
  }
  return Math.sqrt(difference / energy)
}

describe('SIMD Fourier transforms against the float64 reference', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 21, 25, 49, 60, 63, 64, 65, 77, 97, 100, 125, 126, 128, 130])('batch of images, size %i', (n) => {
    const kernel = new Kernel(4 * (8 * n * n + 64 * n) + 4096)
    const plan = new FourierPlan(kernel, n)
    const count = 3
    const re = kernel.allocate(count * n * n)
    const im = kernel.allocate(count * n * n)
    const guard = kernel.allocate(4)
    const random = new Random(n)
    const wantRe = fill(re, random)
    const wantIm = fill(im, random)
    const before = re.data.slice()
    for (let i = 0; i < count; i++) fft2(wantRe.subarray(i * n * n, (i + 1) * n * n), wantIm.subarray(i * n * n, (i + 1) * n * n), n)
    plan.transform2(re, im, count)
    expect(relativeError(re.data, wantRe)).toBeLessThan(1e-6)
    expect(relativeError(im.data, wantIm)).toBeLessThan(1e-6)
    plan.transform2(re, im, count, { inverse: true })
    expect(relativeError(re.data, before)).toBeLessThan(1e-6)
    expect(Array.from(guard.data)).toEqual([0, 0, 0, 0])
  })

  it.each([6, 9, 13, 20, 21])('cube, size %i', (n) => {
    const kernel = new Kernel(4 * (3 * n ** 3 + 64 * n) + 4096)
    const plan = new FourierPlan(kernel, n)
    const re = kernel.allocate(n ** 3)
    const im = kernel.allocate(n ** 3)
    const random = new Random(n)
    const wantRe = fill(re, random)
    const wantIm = fill(im, random)
    const before = im.data.slice()
    fft3(wantRe, wantIm, n)
    plan.transform3(re, im)
    expect(relativeError(re.data, wantRe)).toBeLessThan(1e-6)
    expect(relativeError(im.data, wantIm)).toBeLessThan(1e-6)
    plan.transform3(re, im, { inverse: true })
    expect(relativeError(im.data, before)).toBeLessThan(1e-6)
  })
})
