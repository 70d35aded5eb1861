import { radialProfiles, type SteerableBasis } from '../basis/steerable.ts'
import { fft2, signedFrequency } from '../math/fft.ts'
import { symmetricEigen } from '../math/symmetric-eigen.ts'

/**
 * Images of one kind of transfer t(k) (a defocus, a whitening filter): the square of t over radial bins, averaged over
 * angles and over the images of the group. Moments of transferred data are sums over images multiplied by t once more.
 */
export interface TransferGroup {
  /** Per bin of `radialBins`. */
  readonly square: Float64Array
}

/** Bins a Fourier shell is cut into. */
const BINS_A_SHELL = 8

/** The radial bin of every frequency of a plain transform, and how many bins there are. */
export function radialBins(size: number): { readonly binOf: Int32Array; readonly count: number } {
  const binOf = Int32Array.from({ length: size * size }, (_, p) => Math.round(BINS_A_SHELL * Math.hypot(signedFrequency(p % size, size), signedFrequency(Math.floor(p / size), size))))
  return { binOf, count: binOf.reduce((most, bin) => Math.max(most, bin), 0) + 1 }
}

/** Mean over the bins of a real function on a plain transform; 0 where a bin has no frequency. */
export function binMeans(values: ArrayLike<number>, bins: { readonly binOf: Int32Array; readonly count: number }): Float64Array {
  const sums = new Float64Array(bins.count)
  const counts = new Float64Array(bins.count)
  for (let p = 0; p < bins.binOf.length; p++) {
    sums[bins.binOf[p]!]! += values[p]!
    counts[bins.binOf[p]!]!++
  }
  return sums.map((sum, bin) => (counts[bin]! > 0 ? sum / counts[bin]! : 0))
}

/**
 * What multiplication of an image's transform by a radial function does to its steerable coefficients, per angular
 * frequency a symmetric matrix: `A_m[p,q] = n^-2 sum_k f(|k|) conj E^_mp(k) E^_mq(k)` over the frequencies of the box, with
 * E^ the transforms of the basis functions on the disc. It is also the covariance of the coefficients of noise of power f.
 * Between different m the square lattice couples a little; that is left out.
 */
export class TransferOperators {
  private readonly basis: SteerableBasis
  private readonly bins: { readonly binOf: Int32Array; readonly count: number }
  /** Per m: (p <= q) x bins. */
  private readonly products: readonly Float64Array[]

  constructor(basis: SteerableBasis) {
    this.basis = basis
    this.bins = radialBins(basis.boxSize)
    const transforms = new BasisTransforms(basis)
    this.products = basis.counts.map((count, m) => this.productsOf(transforms.of(m), count))
  }

  /** Per m the matrix of f, given over the radial bins. Shapes: counts[m]^2. */
  of(square: Float64Array): Float64Array[] {
    const { count: bins } = this.bins
    return this.basis.counts.map((count, m) => {
      const out = new Float64Array(count * count)
      for (let p = 0, row = 0; p < count; p++) {
        for (let q = p; q < count; q++, row++) {
          let sum = 0
          for (let bin = 0, at = row * bins; bin < bins; bin++) sum += this.products[m]![at++]! * square[bin]!
          out[p * count + q] = out[q * count + p] = sum
        }
      }
      return out
    })
  }

  private productsOf(transforms: readonly (readonly [Float64Array, Float64Array])[], count: number): Float64Array {
    const { binOf, count: bins } = this.bins
    const out = new Float64Array(((count * (count + 1)) / 2) * bins)
    const scale = 1 / binOf.length
    for (let p = 0, row = 0; p < count; p++) {
      for (let q = p; q < count; q++, row++) {
        const [a, b] = transforms[p]!
        const [c, d] = transforms[q]!
        const at = row * bins
        for (let k = 0; k < binOf.length; k++) out[at + binOf[k]!]! += scale * (a[k]! * c[k]! + b[k]! * d[k]!)
      }
    }
    return out
  }
}

class BasisTransforms {
  private readonly basis: SteerableBasis
  private readonly pixels: { readonly place: number; readonly phi: number; readonly ring: number }[] = []
  private readonly profiles: readonly Float64Array[]
  private readonly rings: number

  constructor(basis: SteerableBasis) {
    this.basis = basis
    const { boxSize, radius } = basis
    const [most, centre] = [Math.floor(radius), Math.floor(boxSize / 2)]
    const rings = new Map<number, number>()
    for (let y = -most; y <= most; y++) {
      for (let x = -most; x <= most; x++) {
        const square = x * x + y * y
        if (square > radius * radius) continue
        if (!rings.has(square)) rings.set(square, rings.size)
        this.pixels.push({ place: (y + centre) * boxSize + x + centre, phi: Math.atan2(y, x), ring: rings.get(square)! })
      }
    }
    this.rings = rings.size
    this.profiles = radialProfiles(basis, Float64Array.from(rings.keys(), Math.sqrt))
  }

  of(m: number): (readonly [Float64Array, Float64Array])[] {
    const { boxSize, counts } = this.basis
    return Array.from({ length: counts[m]! }, (_, p) => {
      const re = new Float64Array(boxSize * boxSize)
      const im = new Float64Array(boxSize * boxSize)
      for (const { place, phi, ring } of this.pixels) {
        const value = this.profiles[m]![p * this.rings + ring]!
        re[place] = value * Math.cos(m * phi)
        im[place] = -value * Math.sin(m * phi)
      }
      fft2(re, im, boxSize)
      return [re, im] as const
    })
  }
}

/** A^(1/2) and A^(-1/2) of a symmetric positive matrix; eigenvalues below a millionth of the largest count as that. */
export function symmetricRoots(a: Float64Array, size: number): { readonly root: Float64Array; readonly inverse: Float64Array } {
  const { values, vectors } = symmetricEigen(a, size)
  const floor = 1e-6 * Math.max(values[0]!, 1e-300)
  const root = new Float64Array(size * size)
  const inverse = new Float64Array(size * size)
  for (let e = 0; e < size; e++) {
    const r = Math.sqrt(Math.max(values[e]!, floor))
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const v = vectors[e * size + i]! * vectors[e * size + j]!
        root[i * size + j]! += r * v
        inverse[i * size + j]! += v / r
      }
    }
  }
  return { root, inverse }
}
