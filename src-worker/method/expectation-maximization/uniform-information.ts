import { fourierProfiles, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import type { SteerableBasis } from '#core/basis/steerable.ts'
import { choleskyFactor, choleskyInverseDiagonal, choleskySolve } from '#core/math/cholesky.ts'
import { normalizedLegendre } from '#core/math/legendre.ts'

/**
 * The normal matrix of the maximisation step for uniform views, per unit of posterior weight: it couples radial functions
 * of one (l, mu) only, `A_l[s, t] = sum_m 2 c_m N_lm^2 / (2 l + 1) sum_p B_m[s, p] B_m[t, p]`, B_m = F_l U_m^T. With an
 * envelope W_l A_l W_l. Shape: per degree counts[l]^2, row-major.
 */
export function uniformInformation(options: { volume: SphericalBesselBasis; image: SteerableBasis; components: readonly { readonly count: number; readonly matrix: Float64Array }[] }, orders: number, envelope?: readonly Float64Array[]): Float64Array[] {
  const { volume, image, components } = options
  const nodes = image.nodes.length
  const profiles = fourierProfiles(volume, image.nodes)
  const equator = normalizedLegendre(volume.degree, 0)
  const blocks = volume.counts.map((count) => new Float64Array(count * count))
  for (let m = 0; m < orders; m++) {
    const { count, matrix } = components[m]!
    const full = image.counts[m]!
    const whitened = new Float64Array(count * nodes)
    for (let p = 0; p < count; p++) {
      for (let i = 0; i < nodes; i++) {
        let sum = 0
        for (let a = 0; a < full; a++) sum += matrix[p * full + a]! * image.whitening[m]![i * full + a]!
        whitened[p * nodes + i] = sum * image.rootWeights[i]!
      }
    }
    for (let l = m; l <= volume.degree; l += 2) {
      const factor = ((m === 0 ? 1 : 2) * equator[(l * (l + 1)) / 2 + m]! ** 2) / (2 * l + 1)
      const width = volume.counts[l]!
      const radial = new Float64Array(width)
      for (let p = 0; p < count; p++) {
        for (let s = 0; s < width; s++) {
          radial[s] = 0
          for (let i = 0; i < nodes; i++) radial[s]! += profiles[l]![s * nodes + i]! * whitened[p * nodes + i]!
        }
        for (let s = 0; s < width; s++) for (let t = 0; t < width; t++) blocks[l]![s * width + t]! += factor * radial[s]! * radial[t]!
      }
    }
  }
  return envelope ? blocks.map((block, l) => product(product(envelope[l]!, block, volume.counts[l]!), envelope[l]!, volume.counts[l]!)) : blocks
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) out[i * n + j]! += a[i * n + k]! * b[k * n + j]!
  return out
}

/** `weight A + P` for uniform views, factored: per degree, the prior's precision taken as its mean over mu. */
export class UniformPrecision {
  private readonly basis: SphericalBesselBasis
  private readonly factors: readonly Float64Array[]

  constructor(basis: SphericalBesselBasis, blocks: readonly Float64Array[], options: { weight: number; precision: Float64Array }) {
    this.basis = basis
    this.factors = blocks.map((block, l) => {
      const n = basis.counts[l]!
      const matrix = block.map((value) => options.weight * value)
      for (let s = 0; s < n; s++) {
        let sum = 0
        for (let k = 0; k < 2 * l + 1; k++) sum += options.precision[basis.offsets[l]! + k * n + s]!
        matrix[s * n + s]! += sum / (2 * l + 1)
      }
      return choleskyFactor(matrix, n)
    })
  }

  /** (weight A + P)^-1 x. */
  solve(x: Float64Array): Float64Array {
    const out = x.slice()
    this.basis.counts.forEach((n, l) => {
      for (let k = 0; k < 2 * l + 1; k++) choleskySolve(this.factors[l]!, n, out, this.basis.offsets[l]! + k * n)
    })
    return out
  }

  /** Its diagonal: the posterior variance of every coefficient under uniform views. */
  variances(): Float64Array {
    const out = new Float64Array(this.basis.length)
    this.basis.counts.forEach((n, l) => {
      const diagonal = choleskyInverseDiagonal(this.factors[l]!, n)
      for (let k = 0; k < 2 * l + 1; k++) out.set(diagonal, this.basis.offsets[l]! + k * n)
    })
    return out
  }
}
