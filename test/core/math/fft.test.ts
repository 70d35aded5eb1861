import { describe, expect, it } from 'vitest'
import { fastEvenSize, Fft, fft2, fft3, signedFrequency } from '#core/math/fft.ts'
import { Random } from '#core/random.ts'

function randomArray(count: number, seed: number): Float64Array {
  const random = new Random(seed)
  return Float64Array.from({ length: count }, () => random.normal())
}

/** The definition, summed. */
function naive(re: Float64Array, im: Float64Array): [Float64Array, Float64Array] {
  const n = re.length
  const outRe = new Float64Array(n)
  const outIm = new Float64Array(n)
  for (let h = 0; h < n; h++) {
    for (let i = 0; i < n; i++) {
      const angle = (-2 * Math.PI * ((h * i) % n)) / n
      outRe[h]! += re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle)
      outIm[h]! += re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle)
    }
  }
  return [outRe, outIm]
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0)
}

describe('fft', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 30, 47, 49, 53, 63, 64, 65, 97, 100, 101, 125, 126, 194, 251])('equals the definition at size %i', (n) => {
    const re = randomArray(n, n)
    const im = randomArray(n, n + 1)
    const [wantRe, wantIm] = naive(re, im)
    const gotRe = re.slice()
    const gotIm = im.slice()
    const fft = new Fft(n)
    fft.forward(gotRe, gotIm)
    const tolerance = 2e-13 * n
    expect(largestDifference(gotRe, wantRe)).toBeLessThan(tolerance)
    expect(largestDifference(gotIm, wantIm)).toBeLessThan(tolerance)
    fft.inverse(gotRe, gotIm)
    expect(largestDifference(gotRe, re)).toBeLessThan(1e-13 * Math.max(10, n))
    expect(largestDifference(gotIm, im)).toBeLessThan(1e-13 * Math.max(10, n))
  })

  it('works on a strided line and leaves the rest alone', () => {
    const n = 21
    const re = randomArray(3 * n + 2, 5)
    const im = randomArray(3 * n + 2, 6)
    const lineRe = Float64Array.from({ length: n }, (_, i) => re[2 + 3 * i]!)
    const lineIm = Float64Array.from({ length: n }, (_, i) => im[2 + 3 * i]!)
    const [wantRe] = naive(lineRe, lineIm)
    const before = re.slice()
    new Fft(n).forward(re, im, 2, 3)
    expect(largestDifference(Float64Array.from({ length: n }, (_, i) => re[2 + 3 * i]!), wantRe)).toBeLessThan(1e-12)
    expect(re[0]).toBe(before[0])
    expect(re[3]).toBe(before[3])
  })

  it('keeps the energy in two and three dimensions (Parseval)', () => {
    for (const [n, transform, count] of [[15, fft2, 225], [14, fft3, 2744]] as const) {
      const re = randomArray(count, 1)
      const im = randomArray(count, 2)
      const energy = re.reduce((sum, v, i) => sum + v * v + im[i]! ** 2, 0)
      transform(re, im, n)
      expect(re.reduce((sum, v, i) => sum + v * v + im[i]! ** 2, 0) / count / energy).toBeCloseTo(1, 12)
    }
  })

  it('turns a cyclic shift into a phase (2-D and 3-D)', () => {
    const n = 9
    const [sx, sy, sz] = [2, 4, 7]
    const re = randomArray(n ** 3, 3)
    const im = new Float64Array(n ** 3)
    const shifted = new Float64Array(n ** 3)
    for (let z = 0; z < n; z++) for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) {
      shifted[(((z + sz) % n) * n + ((y + sy) % n)) * n + ((x + sx) % n)] = re[(z * n + y) * n + x]!
    }
    const shiftedIm = new Float64Array(n ** 3)
    fft3(re, im, n)
    fft3(shifted, shiftedIm, n)
    for (const [h, k, l] of [[1, 0, 0], [0, 1, 0], [0, 0, 1], [3, 8, 5]] as const) {
      const i = (l * n + k) * n + h
      const angle = (-2 * Math.PI * (h * sx + k * sy + l * sz)) / n
      expect(shifted[i]).toBeCloseTo(re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle), 10)
      expect(shiftedIm[i]).toBeCloseTo(re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle), 10)
    }
    fft3(shifted, shiftedIm, n, 'inverse')
    expect(largestDifference(shiftedIm, new Float64Array(n ** 3))).toBeLessThan(1e-13)
  })

  it('names frequencies and fast sizes', () => {
    expect([0, 1, 2, 3].map((i) => signedFrequency(i, 4))).toEqual([0, 1, -2, -1])
    expect([0, 1, 2, 3, 4].map((i) => signedFrequency(i, 5))).toEqual([0, 1, 2, -2, -1])
    expect([126, 130, 194, 127].map(fastEvenSize)).toEqual([126, 140, 196, 128])
  })
})
