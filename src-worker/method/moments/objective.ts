import { dataCount, secondMultiplicity, thirdDataCount, thirdMultiplicity, thirdPairs, type ComplexBlock, type ComponentMoments } from '#core/moments/component-moments.ts'
import { realSphericalHarmonics } from '#core/geometry/spherical-harmonics.ts'
import type { Block, Kernel } from '#kernel/kernel.ts'
import type { SliceModel } from '../steerable/slice-model.ts'

export interface ObjectiveOptions {
  readonly model: SliceModel
  /** Unit vectors of the model's directions (3 x count); opposite directions are added with weights of their own. */
  readonly directions: Float64Array
  readonly data: ComponentMoments
  /** Highest degree of the viewing distribution's spherical harmonics. */
  readonly viewDegree: number
  /** Use the third moment (it must be in the data). */
  readonly third: boolean
}

interface Term {
  readonly left: number | { readonly i: number; readonly j: number }
  readonly right: number
  readonly rows: number
  readonly columns: number
  /** rows x columns of the datum and of the weight multiplying |D|^2 */
  readonly data: ComplexBlock
  readonly weight: Float64Array
  /** Angular frequencies of the factors, and how often an entry counts in chi^2. */
  readonly factors: readonly number[]
  readonly multiplicity: number
  /** Measured over Gaussian variance. */
  readonly dispersion: number
  /** chi2 of each row at the last evaluation. */
  readonly rowChi: Float64Array
}

/** Misfit by block at an evaluation, in standard deviations: root of the mean chi2 of its independent numbers, 1 is the noise. */
export interface MomentResiduals {
  /** Per component of the first moment. */
  readonly first: readonly number[]
  /** Per angular frequency m and component of the second moment. */
  readonly second: readonly (readonly number[])[]
  /** Per pair of angular frequencies of the third moment. */
  readonly third: readonly { readonly i: number; readonly j: number; readonly deviations: number }[]
}

/**
 * Chi-square of weighted moment matching (algorithms.md 8.2):
 * `chi2 = N sum d1^2/v + N sum_m c |D2_m|^2/(v v) + N sum_ij c |D3_ij|^2/(v v v)`, v = 1 + eigenvalue, with
 * D = model - data, model moments = sums over directions weighted by `rho = softmax(Y c)`. Value and gradient with
 * respect to the volume's coefficients and the distribution's logit coefficients c (degree 1 .. viewDegree).
 * One direction w serves w and -w: with s = rho(w) + rho(-w) and t = rho(w) - rho(-w) real parts are weighted by s,
 * imaginary parts by t. GEMMs in float32, sums of chi2 in float64.
 */
export class MomentObjective {
  readonly dataCount: number
  readonly viewCount: number
  private readonly kernel: Kernel
  private readonly model: SliceModel
  private readonly data: ComponentMoments
  private readonly terms: Term[]
  private readonly variance: readonly Float64Array[]
  private readonly energy: readonly Float64Array[]
  private readonly firstWeight: Float64Array
  private readonly firstChi: Float64Array
  private readonly harmonics: Float64Array
  private readonly q: number
  private readonly stride: number
  private readonly s: Block
  private readonly t: Block
  private readonly gs: Block
  private readonly gt: Block
  private readonly pairs: Block[]
  private readonly pairGradients: Block[]
  private readonly gradients: Block[]
  private readonly product: Block
  private readonly productGradient: Block
  private readonly moment: Block
  private chi: [number, number, number] = [0, 0, 0]

  constructor(kernel: Kernel, options: ObjectiveOptions) {
    const { model, data, viewDegree } = options
    this.kernel = kernel
    this.model = model
    this.data = data
    this.q = model.directionCount
    this.stride = 2 * model.padded
    const counts = model.counts
    this.energy = counts.map((count, m) => Float64Array.from({ length: count }, (_, p) => Math.max(data.second[m]!.re[p * data.counts[m]! + p]!, -0.5)))
    this.variance = this.energy.map((energy) => energy.map((mu) => 1 + mu))
    this.firstWeight = new Float64Array(counts[0]!)
    this.firstChi = new Float64Array(counts[0]!)
    this.terms = counts.map((count, m) => ({
      left: m,
      right: m,
      rows: count,
      columns: count,
      data: data.second[m]!,
      weight: new Float64Array(count * count),
      factors: [m, m],
      multiplicity: secondMultiplicity(m),
      dispersion: data.dispersion?.second[m] ?? 1,
      rowChi: new Float64Array(count),
    }))
    if (options.third) {
      // Pairs in the data's own order; those beyond the modelled orders are left out.
      thirdPairs(data.counts.length - 1).forEach(({ i, j }, index) => {
        if (i + j >= counts.length) return
        const rows = counts[i]! * counts[j]!
        const columns = counts[i + j]!
        this.terms.push({ left: { i, j }, right: i + j, rows, columns, data: data.third![index]!, weight: new Float64Array(rows * columns), factors: [i, j, i + j], multiplicity: thirdMultiplicity(i, j), dispersion: data.dispersion?.third[index] ?? 1, rowChi: new Float64Array(rows) })
      })
    }
    this.tolerateModelError(0)
    this.dataCount = dataCount(counts, options.third)
    this.viewCount = (viewDegree + 1) ** 2 - 1
    this.harmonics = viewHarmonics(options.directions, viewDegree)
    this.s = kernel.allocate(model.padded)
    this.t = kernel.allocate(model.padded)
    this.gs = kernel.allocate(model.padded)
    this.gt = kernel.allocate(model.padded)
    this.pairs = counts.map((count) => kernel.allocate(2 * count * this.stride))
    this.pairGradients = counts.map((count) => kernel.allocate(2 * count * this.stride))
    this.gradients = counts.map((count) => kernel.allocate(count * this.stride))
    const mostRows = Math.max(...this.terms.map((term) => term.rows))
    this.product = kernel.allocate(mostRows * this.stride)
    this.productGradient = kernel.allocate(mostRows * this.stride)
    this.moment = kernel.allocate(Math.max(...this.terms.map((term) => term.rows * 2 * term.columns)))
  }

  /**
   * Weighs every moment by the inverse of its variance, `v v (v) / N` times the block's dispersion, plus `relative^2` times its signal energy
   * `mu mu (mu)`: a model that is only good to that relative error, or a smoother problem to start with.
   */
  tolerateModelError(relative: number): void {
    const n = this.data.imageCount
    const model = relative * relative
    const firstDispersion = this.data.dispersion?.first ?? 1
    this.variance[0]!.forEach((v, p) => (this.firstWeight[p] = 1 / ((firstDispersion * v) / n + model * Math.max(0, this.energy[0]![p]!))))
    for (const term of this.terms) {
      const noise = products(term.factors.map((m) => this.variance[m]!))
      const signal = products(term.factors.map((m) => this.energy[m]!.map((mu) => Math.max(0, mu))))
      for (let e = 0; e < noise.length; e++) term.weight[e] = term.multiplicity / ((term.dispersion * noise[e]!) / n + model * signal[e]!)
    }
  }

  /** chi2 of the first, second and third moment at the last evaluation. */
  get parts(): readonly [number, number, number] {
    return this.chi
  }

  /** The misfit of the last evaluation, block by block. */
  residuals(): MomentResiduals {
    const { counts } = this.model
    return {
      first: [...this.firstChi].map(Math.sqrt),
      // E chi2 of a row: its entries for m > 0; for m = 0 the diagonal once and the rest half, as it stands there twice
      second: this.terms.flatMap(({ left, rowChi, rows }) => (typeof left === 'number' ? [[...rowChi].map((chi) => Math.sqrt(chi / (left === 0 ? (rows + 1) / 2 : rows)))] : [])),
      third: this.terms.flatMap(({ left, rowChi }) => (typeof left === 'number' ? [] : [{ ...left, deviations: Math.sqrt(rowChi.reduce((sum, chi) => sum + chi, 0) / thirdDataCount(counts, left.i, left.j)) }])),
    }
  }

  /** Viewing distribution at the directions, then at their opposites: 2 q probabilities that sum to one. */
  viewProbabilities(logits: Float64Array): Float64Array {
    const { q, viewCount, harmonics } = this
    const out = new Float64Array(2 * q)
    let largest = -Infinity
    for (let j = 0; j < 2 * q; j++) {
      let sum = 0
      for (let c = 0; c < viewCount; c++) sum += harmonics[j * viewCount + c]! * logits[c]!
      out[j] = sum
      largest = Math.max(largest, sum)
    }
    let total = 0
    for (let j = 0; j < 2 * q; j++) total += out[j] = Math.exp(out[j]! - largest)
    for (let j = 0; j < 2 * q; j++) out[j]! /= total
    return out
  }

  /** chi2 at (coefficients, logits); adds nothing to, but overwrites, the two gradients. */
  evaluate(coefficients: Float64Array, logits: Float64Array, gradient: { coefficients: Float64Array; logits: Float64Array }): number {
    const { model, kernel, q, stride } = this
    const half = model.padded
    const rho = this.viewProbabilities(logits)
    for (let j = 0; j < q; j++) {
      this.s.data[j] = rho[j]! + rho[q + j]!
      this.t.data[j] = rho[j]! - rho[q + j]!
    }
    model.evaluate(coefficients)
    for (const block of [this.gs, this.gt, ...this.gradients, ...this.pairGradients]) block.data.fill(0)
    model.counts.forEach((count, m) => kernel.exports.weightedPair(model.slices[m]!.pointer, count, this.s.pointer, this.t.pointer, half, this.pairs[m]!.pointer))
    this.chi = [this.firstMoment(), 0, 0]
    for (const term of this.terms) {
      const { left } = term
      let block: Block
      let blockGradient: Block
      if (typeof left === 'number') {
        block = model.slices[left]!
        blockGradient = this.gradients[left]!
      } else {
        block = this.product
        blockGradient = this.productGradient
        kernel.exports.outerProducts(model.slices[left.i]!.pointer, model.counts[left.i]!, model.slices[left.j]!.pointer, model.counts[left.j]!, half, block.pointer)
      }
      const pair = this.pairs[term.right]!
      const width = 2 * term.columns
      kernel.multiply({ block, stride }, { block: pair, stride, transposed: true }, { block: this.moment, stride: width }, { m: term.rows, n: width, k: stride })
      this.chi[typeof left === 'number' ? 1 : 2] += this.residual(term)
      kernel.multiply({ block: this.moment, stride: width }, { block: pair, stride }, { block: blockGradient, stride }, { m: term.rows, n: stride, k: width, accumulate: typeof left === 'number' })
      kernel.multiply({ block: this.moment, stride: width, transposed: true }, { block, stride }, { block: this.pairGradients[term.right]!, stride }, { m: width, n: stride, k: term.rows, accumulate: true })
      if (typeof left !== 'number') {
        const { i, j } = left
        kernel.exports.outerAdjoint(
          blockGradient.pointer, model.slices[i]!.pointer, this.gradients[i]!.pointer, model.counts[i]!,
          model.slices[j]!.pointer, this.gradients[j]!.pointer, model.counts[j]!, half,
        )
      }
    }
    model.counts.forEach((count, m) =>
      kernel.exports.weightedPairAdjoint(
        this.pairGradients[m]!.pointer, model.slices[m]!.pointer, this.gradients[m]!.pointer, count,
        this.s.pointer, this.gs.pointer, this.t.pointer, this.gt.pointer, half,
      ),
    )
    gradient.coefficients.set(model.adjoint(this.gradients))
    this.logitGradient(rho, gradient.logits)
    return this.chi[0] + this.chi[1] + this.chi[2]
  }

  private firstMoment(): number {
    const { model, q } = this
    const z = model.slices[0]!.data
    const g = this.gradients[0]!.data
    let chi = 0
    for (let p = 0; p < model.counts[0]!; p++) {
      const row = p * this.stride
      let sum = 0
      for (let j = 0; j < q; j++) sum += this.s.data[j]! * z[row + j]!
      const d = sum - this.data.first[p]!
      const w = this.firstWeight[p]!
      this.firstChi[p] = w * d * d
      chi += this.firstChi[p]!
      for (let j = 0; j < q; j++) {
        g[row + j]! += 2 * w * d * this.s.data[j]!
        this.gs.data[j]! += 2 * w * d * z[row + j]!
      }
    }
    return chi
  }

  // Turns the predicted moment in `moment` into the gradient 2 w D, and returns sum w |D|^2.
  private residual(term: Term): number {
    const out = this.moment.data
    const { columns, rows, data, weight } = term
    let chi = 0
    for (let a = 0; a < rows; a++) {
      let row = 0
      for (let b = 0; b < columns; b++) {
        const at = a * 2 * columns + b
        const entry = a * columns + b
        const w = weight[entry]!
        const re = out[at]! - data.re[entry]!
        const im = out[at + columns]! - data.im[entry]!
        row += w * (re * re + im * im)
        out[at] = 2 * w * re
        out[at + columns] = 2 * w * im
      }
      term.rowChi[a] = row
      chi += row
    }
    return chi
  }

  // d/drho(w) = gs + gt, d/drho(-w) = gs - gt, then the softmax chain.
  private logitGradient(rho: Float64Array, out: Float64Array): void {
    const { q, viewCount, harmonics } = this
    const slope = new Float64Array(2 * q)
    let mean = 0
    for (let j = 0; j < q; j++) {
      slope[j] = this.gs.data[j]! + this.gt.data[j]!
      slope[q + j] = this.gs.data[j]! - this.gt.data[j]!
      mean += rho[j]! * slope[j]! + rho[q + j]! * slope[q + j]!
    }
    out.fill(0)
    for (let j = 0; j < 2 * q; j++) {
      const g = rho[j]! * (slope[j]! - mean)
      for (let c = 0; c < viewCount; c++) out[c]! += g * harmonics[j * viewCount + c]!
    }
  }
}

// Outer product, row-major.
function products(factors: readonly Float64Array[]): Float64Array {
  return factors.reduce((outer, factor) => Float64Array.from({ length: outer.length * factor.length }, (_, e) => outer[Math.floor(e / factor.length)]! * factor[e % factor.length]!), Float64Array.of(1))
}

function viewHarmonics(directions: Float64Array, degree: number): Float64Array {
  const q = directions.length / 3
  const count = (degree + 1) ** 2 - 1
  const out = new Float64Array(2 * q * count)
  for (let j = 0; j < q; j++) {
    const [x, y, z] = [directions[3 * j]!, directions[3 * j + 1]!, directions[3 * j + 2]!]
    out.set(realSphericalHarmonics(degree, x, y, z).subarray(1), j * count)
    out.set(realSphericalHarmonics(degree, -x, -y, -z).subarray(1), (q + j) * count)
  }
  return out
}
