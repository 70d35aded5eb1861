import { symmetryMask } from '#core/basis/symmetry-mask.ts'
import type { SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import type { SteerableBasis } from '#core/basis/steerable.ts'
import { choleskyFactor, choleskySolve } from '#core/math/cholesky.ts'
import type { Block, Kernel } from '#kernel/kernel.ts'
import { SliceModel } from '../steerable/slice-model.ts'
import { envelopeMatrices, type RadialEnvelope } from './envelope.ts'
import { cellFloats } from './expectation.ts'
import { uniformInformation, UniformPrecision } from './uniform-information.ts'

export interface MaximizationOptions {
  readonly volume: SphericalBesselBasis
  readonly image: SteerableBasis
  /** Per m: from image coefficients to components in unit white noise (1 / sigma included). */
  readonly components: readonly { readonly count: number; readonly matrix: Float64Array }[]
  /** Prior standard deviation as a function of radius; 1 when absent. */
  readonly envelope?: RadialEnvelope | undefined
  /** Point group: coefficients that have to vanish are kept at zero. Directions then need to fill one n-th only. */
  readonly symmetry?: string | undefined
  /** 3 x a multiple of 4. */
  readonly directions: Float64Array
}

/** Sums of the expectation step, both signs of each direction together. */
export interface PosteriorSums {
  /** Cell layout. */
  readonly numerators: ArrayLike<number>
  /** Per direction. */
  readonly weights: Float64Array
}

export interface Templates {
  /** Cell layout, for `ExpectationStep`; shared memory, so that sending it to many threads costs nothing. */
  readonly slices: Float32Array
  /** Per direction, |s_0|^2 / 2 + sum_{m>0} |s_m|^2. */
  readonly energies: Float64Array
}

/**
 * Maximisation step: the volume coefficients x that minimise
 * `sum_j w_j sum_m c_m |s_m(w_j; x)|^2 - 2 c_m Re conj(s_m) N_jm + y^T P y / 2`, x = W y, c_0 = 1/2, c_m = 1, P the prior's
 * precision and W multiplication by the envelope, by conjugate gradients in y preconditioned by the exact inverse for uniform
 * views (algorithms.md 10): with its diagonal alone a dozen steps under an envelope end further from the minimiser than
 * they began (README.md).
 */
export class MaximizationStep {
  readonly model: SliceModel
  private readonly volume: SphericalBesselBasis
  private readonly envelope: readonly Float64Array[] | undefined
  private readonly mask: Uint8Array | undefined
  private readonly gradients: readonly Block[]
  /** Normal matrix for uniform views, per unit of posterior weight. */
  private readonly blocks: readonly Float64Array[]

  constructor(kernel: Kernel, options: MaximizationOptions) {
    this.volume = options.volume
    this.envelope = options.envelope && envelopeMatrices(options.volume, options.envelope)
    this.mask = options.symmetry === undefined || options.symmetry === 'C1' ? undefined : symmetryMask(options.volume, options.symmetry)
    this.model = new SliceModel(kernel, options)
    this.gradients = this.model.slices.map((slice) => kernel.allocate(slice.data.length))
    this.blocks = uniformInformation(options, this.model.counts.length, this.envelope)
  }

  /** The volume's components for all directions. */
  templates(coefficients: Float64Array): Templates {
    const { model } = this
    model.evaluate(coefficients)
    const floats = cellFloats(model.counts)
    const q = model.padded
    const slices = new Float32Array(new SharedArrayBuffer(4 * (q / 4) * floats))
    const energies = new Float64Array(q)
    let at = 0
    model.counts.forEach((count, m) => {
      const data = model.slices[m]!.data
      for (let p = 0; p < count; p++) {
        for (const part of m === 0 ? [0] : [0, 1]) {
          const row = (2 * p + part) * q
          for (let j = 0; j < q; j++) {
            const value = data[row + j]!
            slices[(j >> 2) * floats + at + (j & 3)] = value
            energies[j]! += (m === 0 ? 0.5 : 1) * value * value
          }
          at += 4
        }
      }
    })
    return { slices, energies }
  }

  /** Data precision and prior together, as uniform views of the same total weight would give them. */
  uniform(weights: Float64Array, precision: Float64Array): UniformPrecision {
    return new UniformPrecision(this.volume, this.blocks, { weight: weights.reduce((sum, w) => sum + w, 0), precision })
  }

  /** The minimiser, from `start` (x); `scaled` is its y, `variances` what uniform views would leave open of it. `precision`: 1 / prior variance per y. */
  maximize(sums: PosteriorSums, options: { start: Float64Array; precision: Float64Array; iterations: number; tolerance?: number }): { coefficients: Float64Array; scaled: Float64Array; variances: Float64Array } {
    const { precision, iterations } = options
    const uniform = this.uniform(sums.weights, precision)
    const x = this.symmetric(this.envelope ? solveMatrices(this.volume, this.envelope, options.start) : options.start.slice())
    const right = this.rightSide(sums)
    const residual = this.normal(x, sums.weights, precision).map((value, i) => right[i]! - value)
    let scaled = uniform.solve(residual)
    let direction = scaled.slice()
    let slope = dot(residual, scaled)
    const goal = (options.tolerance ?? 1e-3) ** 2 * dot(right, uniform.solve(right))
    for (let iteration = 0; iteration < iterations && slope > goal; iteration++) {
      const image = this.normal(direction, sums.weights, precision)
      const step = slope / dot(direction, image)
      for (let i = 0; i < x.length; i++) {
        x[i]! += step * direction[i]!
        residual[i]! -= step * image[i]!
      }
      scaled = uniform.solve(residual)
      const next = dot(residual, scaled)
      const ratio = next / slope
      slope = next
      direction = direction.map((value, i) => scaled[i]! + ratio * value)
    }
    return { coefficients: this.weighted(x), scaled: x, variances: uniform.variances() }
  }

  // W y, and its own adjoint
  private weighted(y: Float64Array): Float64Array {
    return this.envelope ? throughMatrices(this.volume, this.envelope, y) : y
  }

  /** The part that the point group allows, in place. */
  symmetric(x: Float64Array): Float64Array {
    const { mask } = this
    if (mask) for (let i = 0; i < x.length; i++) if (mask[i] === 0) x[i] = 0
    return x
  }

  // W adjoint(2 c_m w_j evaluate(W x)) + P x
  private normal(x: Float64Array, weights: Float64Array, precision: Float64Array): Float64Array {
    const { model, gradients } = this
    const q = model.padded
    model.evaluate(this.weighted(x))
    model.counts.forEach((count, m) => {
      const from = model.slices[m]!.data
      const to = gradients[m]!.data
      const factor = m === 0 ? 1 : 2
      for (let row = 0; row < 2 * count; row++) for (let j = 0; j < q; j++) to[row * q + j] = factor * weights[j]! * from[row * q + j]!
    })
    return this.symmetric(this.weighted(model.adjoint(gradients))).map((value, i) => value + precision[i]! * x[i]!)
  }

  private rightSide(sums: PosteriorSums): Float64Array {
    const { model, gradients } = this
    const q = model.padded
    const floats = cellFloats(model.counts)
    let at = 0
    model.counts.forEach((count, m) => {
      const to = gradients[m]!.data
      for (let p = 0; p < count; p++) {
        for (const part of [0, 1]) {
          const row = (2 * p + part) * q
          if (m === 0 && part === 1) to.fill(0, row, row + q)
          else {
            const factor = m === 0 ? 1 : 2
            for (let j = 0; j < q; j++) to[row + j] = factor * sums.numerators[(j >> 2) * floats + at + (j & 3)]!
            at += 4
          }
        }
      }
    })
    return this.symmetric(this.weighted(model.adjoint(gradients)))
  }
}

/** Bytes that `MaximizationStep` allocates. */
export function maximizationBytes(volume: SphericalBesselBasis, counts: readonly number[], directions: number): number {
  const stride = 2 * (Math.ceil(directions / 4) * 4)
  let floats = 0
  let widest = 0
  counts.slice(0, volume.degree + 1).forEach((count, m) => {
    let columns = 0
    for (let l = m; l <= volume.degree; l += 2) columns += 2 * l + 1
    floats += columns * stride + 2 * count * stride
    widest = Math.max(widest, columns * count)
  })
  return 4 * (floats + widest + 1e5)
}

// Per degree a matrix over the radial functions
function throughMatrices(basis: SphericalBesselBasis, matrices: readonly Float64Array[], x: Float64Array): Float64Array {
  const out = new Float64Array(basis.length)
  basis.counts.forEach((count, l) => {
    for (let k = 0; k < 2 * l + 1; k++) {
      const at = basis.offsets[l]! + k * count
      for (let s = 0; s < count; s++) {
        let sum = 0
        for (let t = 0; t < count; t++) sum += matrices[l]![s * count + t]! * x[at + t]!
        out[at + s] = sum
      }
    }
  })
  return out
}

// The inverse of throughMatrices for symmetric positive definite matrices
function solveMatrices(basis: SphericalBesselBasis, matrices: readonly Float64Array[], x: Float64Array): Float64Array {
  const out = x.slice()
  basis.counts.forEach((n, l) => {
    const factor = choleskyFactor(matrices[l]!, n)
    for (let k = 0; k < 2 * l + 1; k++) choleskySolve(factor, n, out, basis.offsets[l]! + k * n)
  })
  return out
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
