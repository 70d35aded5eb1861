import { fourierProfiles, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import type { SteerableBasis } from '#core/basis/steerable.ts'
import { requireShape } from '#core/error.ts'
import { normalizedLegendre } from '#core/math/legendre.ts'
import { wignerSmallDs } from '#core/geometry/wigner.ts'
import type { Block, Kernel } from '#kernel/kernel.ts'

export interface SliceModelOptions {
  readonly volume: SphericalBesselBasis
  readonly image: SteerableBasis
  /**
   * Per m, a real matrix (counts[m] x image.counts[m], row-major) from the image coefficients to the components that
   * are modelled; its rows are orthonormal so that noise stays white. Orders beyond the list are not modelled.
   */
  readonly components: readonly { readonly count: number; readonly matrix: Float64Array }[]
  /** Unit vectors (3 x count). */
  readonly directions: Float64Array
}

/**
 * The linear map from volume coefficients to the steerable components of its central slices,
 * `z_mp(w_j) = sum_l (-i)^l sum_mu T_m[j; l mu] sum_s x_lmus (F_l U_m^T)[s, p]` (algorithms.md 7.1, 8.2), and its adjoint.
 * Components are laid out direction-contiguous: per m a block of counts[m] rows, each `padded` real parts then `padded`
 * imaginary parts; directions are padded to a multiple of 4 with zero slices. The opposite direction needs no slice of
 * its own: `z_m(-w) = (-1)^m conj z_m(w)`.
 */
export class SliceModel {
  readonly counts: readonly number[]
  readonly directionCount: number
  /** directionCount rounded up to a multiple of 4: the stride of half a row. */
  readonly padded: number
  readonly volume: SphericalBesselBasis
  /** Component blocks, filled by `evaluate`. */
  readonly slices: readonly Block[]
  private readonly kernel: Kernel
  private readonly orders: readonly OrderMap[]
  private readonly scratch: Block

  constructor(kernel: Kernel, options: SliceModelOptions) {
    const { volume, image, components, directions } = options
    this.kernel = kernel
    this.volume = volume
    this.directionCount = directions.length / 3
    this.padded = Math.ceil(this.directionCount / 4) * 4
    const highest = Math.min(components.length - 1, volume.degree)
    this.counts = components.slice(0, highest + 1).map((c) => c.count)
    const profiles = fourierProfiles(volume, image.nodes)
    const angular = angularMaps(kernel, { directions, padded: this.padded, degree: volume.degree, highest, counts: volume.counts })
    this.orders = this.counts.map((count, m) => {
      const whitened = componentNodes(image, m, components[m]!)
      const radial = angular[m]!.degrees.map((l) => radialMap(profiles[l]!, whitened, { rows: volume.counts[l]!, nodes: image.nodes.length, count }))
      return { ...angular[m]!, count, radial }
    })
    this.slices = this.counts.map((count) => kernel.allocate(count * 2 * this.padded))
    this.scratch = kernel.allocate(Math.max(...this.orders.map((o) => o.columns * o.count)))
  }

  /** Fills `slices` with the components of the volume's slices. */
  evaluate(coefficients: Float64Array): void {
    requireShape(coefficients.length === this.volume.length, () => `expected ${this.volume.length} coefficients, found ${coefficients.length}`)
    this.orders.forEach((order, m) => {
      const mixed = this.scratch.data
      let row = 0
      order.degrees.forEach((l, i) => {
        const width = this.volume.counts[l]!
        const radial = order.radial[i]!
        for (let k = 0; k < 2 * l + 1; k++, row++) {
          const from = this.volume.offsets[l]! + k * width
          for (let p = 0; p < order.count; p++) {
            let sum = 0
            for (let s = 0; s < width; s++) sum += coefficients[from + s]! * radial[s * order.count + p]!
            mixed[row * order.count + p] = sum
          }
        }
      })
      this.kernel.multiply(
        { block: this.scratch, stride: order.count, transposed: true },
        { block: order.map, stride: 2 * this.padded },
        { block: this.slices[m]!, stride: 2 * this.padded },
        { m: order.count, n: 2 * this.padded, k: order.columns },
      )
    })
  }

  /** Adjoint: gradient with respect to the coefficients from the gradient with respect to the components. */
  adjoint(gradients: readonly Block[]): Float64Array {
    const out = new Float64Array(this.volume.length)
    this.orders.forEach((order, m) => {
      this.kernel.multiply(
        { block: order.map, stride: 2 * this.padded },
        { block: gradients[m]!, stride: 2 * this.padded, transposed: true },
        { block: this.scratch, stride: order.count },
        { m: order.columns, n: order.count, k: 2 * this.padded },
      )
      const mixed = this.scratch.data
      let row = 0
      order.degrees.forEach((l, i) => {
        const width = this.volume.counts[l]!
        const radial = order.radial[i]!
        for (let k = 0; k < 2 * l + 1; k++, row++) {
          const to = this.volume.offsets[l]! + k * width
          for (let s = 0; s < width; s++) {
            let sum = 0
            for (let p = 0; p < order.count; p++) sum += mixed[row * order.count + p]! * radial[s * order.count + p]!
            out[to + s]! += sum
          }
        }
      })
    })
    return out
  }
}

interface AngularMap {
  readonly degrees: readonly number[]
  readonly columns: number
  /** (l mu) rows x [padded real | padded imaginary] */
  readonly map: Block
}

interface OrderMap extends AngularMap {
  readonly count: number
  readonly radial: readonly Float64Array[]
}

// W_m^T and the component matrix in one: nodes x count, with the root weights.
function componentNodes(image: SteerableBasis, m: number, component: { count: number; matrix: Float64Array }): Float64Array {
  const full = image.counts[m]!
  requireShape(component.matrix.length === component.count * full, () => `component matrix of order ${m}: expected ${component.count} x ${full}`)
  const out = new Float64Array(image.nodes.length * component.count)
  for (let s = 0; s < image.nodes.length; s++) {
    for (let p = 0; p < component.count; p++) {
      let sum = 0
      for (let a = 0; a < full; a++) sum += component.matrix[p * full + a]! * image.whitening[m]![s * full + a]!
      out[s * component.count + p] = sum * image.rootWeights[s]!
    }
  }
  return out
}

function radialMap(profile: Float64Array, whitened: Float64Array, shape: { rows: number; nodes: number; count: number }): Float64Array {
  const out = new Float64Array(shape.rows * shape.count)
  for (let s = 0; s < shape.rows; s++) {
    for (let i = 0; i < shape.nodes; i++) {
      const f = profile[s * shape.nodes + i]!
      for (let p = 0; p < shape.count; p++) out[s * shape.count + p]! += f * whitened[i * shape.count + p]!
    }
  }
  return out
}

// T_m[j; l mu] = (-i)^l N_lm sum_m' e^{i m' f} d^l_{m'm}(t) U[mu, m'], N_lm = Pbar_l^m(0), only l >= m with l + m even.
function angularMaps(kernel: Kernel, shape: { directions: Float64Array; padded: number; degree: number; highest: number; counts: readonly number[] }): AngularMap[] {
  const { directions, padded, degree, highest, counts } = shape
  const equator = normalizedLegendre(degree, 0)
  const maps = Array.from({ length: highest + 1 }, (_, m) => {
    const degrees: number[] = []
    for (let l = m; l <= degree; l += 2) if (counts[l]! > 0) degrees.push(l)
    const columns = degrees.reduce((sum, l) => sum + 2 * l + 1, 0)
    return { degrees, columns, map: kernel.allocate(columns * 2 * padded) }
  })
  for (let j = 0; j < directions.length / 3; j++) {
    const tilt = Math.acos(Math.min(1, Math.max(-1, directions[3 * j + 2]!)))
    const rot = Math.atan2(directions[3 * j + 1]!, directions[3 * j]!)
    const small = wignerSmallDs(degree, tilt)
    maps.forEach(({ degrees, map }, m) => {
      let row = 0
      for (const l of degrees) {
        const d = small[l]!
        const width = 2 * l + 1
        const size = equator[(l * (l + 1)) / 2 + m]!
        for (let mu = -l; mu <= l; mu++, row++) {
          const a = Math.abs(mu)
          const sign = a % 2 === 0 ? 1 : -1
          const plus = d[(a + l) * width + m + l]! * sign
          const minus = d[(l - a) * width + m + l]!
          const c = Math.cos(a * rot) * size * Math.SQRT1_2
          const s = Math.sin(a * rot) * size * Math.SQRT1_2
          let re: number
          let im: number
          if (mu === 0) {
            re = size * minus
            im = 0
          } else if (mu > 0) {
            re = c * (plus + minus)
            im = s * (plus - minus)
          } else {
            re = s * (minus + plus)
            im = c * (minus - plus)
          }
          // (-i)^l
          const at = row * 2 * padded + j
          const phase = l % 4
          map.data[at] = phase === 0 ? re : phase === 1 ? im : phase === 2 ? -re : -im
          map.data[at + padded] = phase === 0 ? im : phase === 1 ? -re : phase === 2 ? -im : re
        }
      }
    })
  }
  return maps
}
