import { describe, expect, it } from 'vitest'
import { expandImage, steerableBasis } from '#core/basis/steerable.ts'
import { addCartesianSums, cartesianGrid, cartesianMoments, cartesianSample, emptyCartesianSums, secondFromBlocks, type CartesianGrid, type CartesianSums } from '#core/moments/cartesian.ts'
import type { ComplexBlock } from '#core/moments/component-moments.ts'
import { rotationFromEuler } from '#core/geometry/rotation.ts'
import { Random } from '#core/random.ts'

function sumsOf(grid: CartesianGrid, samples: readonly Float64Array[]): CartesianSums {
  const sums = emptyCartesianSums(grid)
  for (const s of samples) {
    const second = new Float64Array(sums.second.length)
    for (let i = 0, at = 0; i < s.length; i++) for (let j = 0; j <= i; j++, at++) second[at] = s[i]! * s[j]!
    addCartesianSums(sums, { imageCount: 1, first: s, second })
  }
  return sums
}

describe('cartesianGrid', () => {
  it('holds every point of an odd box, all but the Nyquist lines of an even one, and the lattice points of a disc', () => {
    expect(cartesianGrid(9, { shape: 'square', radius: 4 }).dimension).toBe(81)
    expect(cartesianGrid(10, { shape: 'square', radius: 4 }).dimension).toBe(81)
    // Gauss circle numbers: 1, 5, 13, 29, 49, 81 lattice points within 0..5.
    expect([1, 2, 3, 4, 5].map((radius) => cartesianGrid(20, { shape: 'disc', radius }).dimension)).toEqual([5, 13, 29, 49, 81])
  })

  it('refuses what does not fit, in words', () => {
    expect(() => cartesianGrid(65, { shape: 'square', radius: 32 })).toThrow('Cartesian moments of a box of 65 px do not fit, expected at most 64 px')
    expect(() => cartesianGrid(20, { shape: 'disc', radius: 10 })).toThrow('radius is 10 shells, expected 1 to 9')
  })
})

describe('cartesianMoments', () => {
  const n = 9
  const grid = cartesianGrid(n, { shape: 'square', radius: 4 })
  const random = new Random(4)
  const images = Array.from({ length: 6 }, () => Float64Array.from({ length: n * n }, () => random.normal()))
  const sums = sumsOf(grid, images.map((image) => cartesianSample(grid, image)))

  // I^(h, l) as a complex number, by its definition.
  const transform = (image: Float64Array, h: number, l: number): [number, number] => {
    let re = 0
    let im = 0
    image.forEach((value, i) => {
      const phase = (-2 * Math.PI * (h * ((i % n) - 4) + l * (Math.floor(i / n) - 4))) / n
      re += value * Math.cos(phase)
      im += value * Math.sin(phase)
    })
    return [re, im]
  }

  it('is E I^(k) conj I^(k\') at every pair of points, conjugate on the second, the noise off the diagonal of k = k\' only', () => {
    const { points, first, second } = cartesianMoments(sums, grid, 0.3)
    const count = grid.dimension
    const at = Array.from({ length: count }, (_, k) => images.map((image) => transform(image, points[2 * k]!, points[2 * k + 1]!)))
    for (let i = 0; i < count; i++) {
      expect(first.re[i]).toBeCloseTo(at[i]!.reduce((sum, z) => sum + z[0], 0) / 6, 9)
      expect(first.im[i]).toBeCloseTo(at[i]!.reduce((sum, z) => sum + z[1], 0) / 6, 9)
      for (let j = 0; j < count; j++) {
        let re = i === j ? -0.3 * n * n : 0
        let im = 0
        at[i]!.forEach(([a, b], k) => {
          const [c, d] = at[j]![k]!
          re += (a * c + b * d) / 6
          im += (b * c - a * d) / 6
        })
        expect(Math.abs(second.re[i * count + j]! - re)).toBeLessThan(1e-9)
        expect(Math.abs(second.im[i * count + j]! - im)).toBeLessThan(1e-9)
      }
    }
  })

  it('has no bias left of white noise: the expectation over pixel noise is exactly sigma^2 n^2 on the diagonal', () => {
    // sum over unit pixel images of F F^* is the covariance of unit white noise.
    const units = Array.from({ length: n * n }, (_, pixel) => cartesianSample(grid, Float64Array.from({ length: n * n }, (_x, i) => (i === pixel ? n : 0))))
    const { second } = cartesianMoments(sumsOf(grid, units), grid, 1)
    second.re.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-10))
    second.im.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-10))
  })

  it('gives the steerable blocks of the same images: B_m = e_m M2 e_m^*, e_m the steerable functions in Fourier space', () => {
    const basis = steerableBasis({ boxSize: n, radius: 4, maxFrequency: 2.6 })
    const sigma2 = 0.2
    const { points, second } = cartesianMoments(sums, grid, sigma2)
    const count = grid.dimension
    const coefficients = images.map((image) => expandImage(basis, image))
    // y = sum_x E(x) I(x), I(x) = n^-2 sum_k I^(k) e^{ik.x}: e(k) = n^-2 sum_x E(x) e^{ik.x} = n^-2 conj of E's own transform when E is real.
    const rowOf = (part: number): [number, number][] => {
      const e = Float64Array.from({ length: n * n }, (_, pixel) => expandImage(basis, Float64Array.from({ length: n * n }, (_x, i) => (i === pixel ? 1 : 0)))[part]!)
      return Array.from({ length: count }, (_, k) => {
        const [re, im] = transform(e, points[2 * k]!, points[2 * k + 1]!)
        return [re / (n * n), -im / (n * n)]
      })
    }
    basis.counts.forEach((d, m) => {
      if (m > 4) return
      const rows = Array.from({ length: d }, (_, p) => {
        const re = rowOf(basis.offsets[m]! + p)
        if (m === 0) return re
        const im = rowOf(basis.offsets[m]! + d + p)
        return re.map(([a, b], k): [number, number] => [a - im[k]![1], b + im[k]![0]])
      })
      for (let p = 0; p < d; p++) {
        for (let q = 0; q < d; q++) {
          let [re, im] = [0, 0]
          for (let i = 0; i < count; i++) {
            for (let j = 0; j < count; j++) {
              const [mr, mi] = [second.re[i * count + j]!, second.im[i * count + j]!]
              const [ar, ai] = rows[p]![i]!
              const [br, bi] = [rows[q]![j]![0], -rows[q]![j]![1]]
              const [cr, ci] = [ar * br - ai * bi, ar * bi + ai * br]
              re += cr * mr - ci * mi
              im += cr * mi + ci * mr
            }
          }
          let [er, ei] = [p === q ? -sigma2 : 0, 0]
          for (const y of coefficients) {
            const [a, b] = [y[basis.offsets[m]! + p]!, m === 0 ? 0 : y[basis.offsets[m]! + d + p]!]
            const [c, e] = [y[basis.offsets[m]! + q]!, m === 0 ? 0 : y[basis.offsets[m]! + d + q]!]
            er += (a * c + b * e) / 6
            ei += (b * c - a * e) / 6
          }
          expect(Math.abs(re - er)).toBeLessThan(1e-9)
          expect(Math.abs(im - ei)).toBeLessThan(1e-9)
        }
      }
    })
  })
})

describe('secondFromBlocks', () => {
  it('equals the Cartesian moment of analytic slices over directions and 96 in-plane angles', () => {
    // Four Gaussians: V(k) = sum_b w_b exp(-s_b^2 |k|^2 / 2) exp(-i k.x_b); five random directions of unequal weight.
    const random = new Random(12)
    const n = 15
    const blobs = Array.from({ length: 4 }, () => ({ at: [0, 1, 2].map(() => 3 * (2 * random.uniform() - 1)), width: 0.8 + random.uniform(), weight: 0.5 + random.uniform() }))
    const views = Array.from({ length: 5 }, () => ({ rot: 2 * Math.PI * random.uniform(), tilt: Math.PI * random.uniform(), weight: 0.2 + random.uniform() }))
    const total = views.reduce((sum, view) => sum + view.weight, 0)
    const slice = (rotation: ArrayLike<number>, kx: number, ky: number): [number, number] => {
      let [re, im] = [0, 0]
      for (const { at, width, weight } of blobs) {
        const x = rotation[0]! * at[0]! + rotation[1]! * at[1]! + rotation[2]! * at[2]!
        const y = rotation[3]! * at[0]! + rotation[4]! * at[1]! + rotation[5]! * at[2]!
        const size = weight * Math.exp((-width * width * (kx * kx + ky * ky)) / 2)
        re += size * Math.cos(kx * x + ky * y)
        im -= size * Math.sin(kx * x + ky * y)
      }
      return [re, im]
    }
    const grid = cartesianGrid(n, { shape: 'disc', radius: 7 })
    const turns = 96
    const sums = emptyCartesianSums(grid)
    for (const view of views) {
      for (let turn = 0; turn < turns; turn++) {
        const rotation = rotationFromEuler(view.rot, view.tilt, (2 * Math.PI * turn) / turns)
        const sample = new Float64Array(grid.dimension)
        sample[0] = slice(rotation, 0, 0)[0]
        for (let i = 0; i < grid.half; i++) {
          const [re, im] = slice(rotation, (2 * Math.PI * grid.halfPlane[2 * i]!) / n, (2 * Math.PI * grid.halfPlane[2 * i + 1]!) / n)
          sample[1 + i] = re
          sample[1 + grid.half + i] = im
        }
        const weight = ((view.weight / total) * views.length) / turns
        for (let i = 0, at = 0; i < sample.length; i++) for (let j = 0; j <= i; j++, at++) sums.second[at]! += weight * sample[i]! * sample[j]!
      }
    }
    sums.imageCount = views.length
    const { points, second } = cartesianMoments(sums, grid, 0)
    const lengths = [...new Set(Array.from({ length: grid.dimension }, (_, k) => points[2 * k]! ** 2 + points[2 * k + 1]! ** 2))]
    const radii = lengths.map((r2) => (2 * Math.PI * Math.sqrt(r2)) / n)
    const at = Array.from({ length: grid.dimension }, (_, k) => ({ radius: lengths.indexOf(points[2 * k]! ** 2 + points[2 * k + 1]! ** 2), angle: Math.atan2(points[2 * k + 1]!, points[2 * k]!) }))
    // a_m(kappa) by the trapezium rule over 96 angles: exact to the decay of J_m beyond order 48.
    const blocks: ComplexBlock[] = []
    for (let m = 0; m <= 40; m++) {
      const block = { re: new Float64Array(radii.length ** 2), im: new Float64Array(radii.length ** 2) }
      for (const view of views) {
        const rotation = rotationFromEuler(view.rot, view.tilt, 0)
        const a = radii.map((kappa) => {
          let [re, im] = [0, 0]
          for (let t = 0; t < turns; t++) {
            const phi = (2 * Math.PI * t) / turns
            const [x, y] = slice(rotation, kappa * Math.cos(phi), kappa * Math.sin(phi))
            re += (x * Math.cos(m * phi) + y * Math.sin(m * phi)) / turns
            im += (y * Math.cos(m * phi) - x * Math.sin(m * phi)) / turns
          }
          return [re, im] as const
        })
        a.forEach(([ar, ai], i) => {
          a.forEach(([br, bi], j) => {
            block.re[i * radii.length + j]! += (view.weight / total) * (ar * br + ai * bi)
            block.im[i * radii.length + j]! += (view.weight / total) * (ai * br - ar * bi)
          })
        })
      }
      blocks.push(block)
    }
    const expected = secondFromBlocks(at, blocks)
    const size = Math.max(...second.re.map(Math.abs))
    expected.forEach((value, i) => {
      expect(Math.abs(value - second.re[i]!) / size).toBeLessThan(1e-12)
      expect(Math.abs(second.im[i]!) / size).toBeLessThan(1e-12)
    })
    // The blocks' imaginary parts matter: without them (reflections imposed) the moment is another one.
    const symmetric = secondFromBlocks(at, blocks.map(({ re, im }) => ({ re, im: im.map(() => 0) })))
    expect(Math.max(...symmetric.map((value, i) => Math.abs(value - second.re[i]!))) / size).toBeGreaterThan(1e-3)
  })
})
