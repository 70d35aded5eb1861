import { sphericalBesselBasis, transferCoefficients, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { symmetryMask } from '#core/basis/symmetry-mask.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { symmetricCoefficients } from '#core/geometry/symmetry.ts'
import { minimize } from '#core/math/minimize.ts'
import { dataCount } from '#core/moments/component-moments.ts'
import { AppError } from '#core/error.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { SliceModel } from '../steerable/slice-model.ts'
import { momentErrors, type MomentErrors } from './moment-errors.ts'
import { MomentObjective, type MomentResiduals } from './objective.ts'
import type { MomentStage } from './stage.ts'
import { wilsonPrior } from './wilson-prior.ts'
import type { SteerableBasis } from '#core/basis/steerable.ts'

export interface SolveOptions {
  /** Basis of the images behind the stages. */
  readonly image: SteerableBasis
  /** Bands in ascending order; each starts from the one before. */
  readonly stages: readonly MomentStage[]
  readonly third: boolean
  /** Radius of the ball that holds the particle, voxels. */
  readonly radius: number
  /** Highest degree of the viewing distribution. */
  readonly viewDegree: number
  /**
   * Point group of the particle, Cn about z or Dn (default C1): only what it lets be non-zero is varied, in the volume and
   * (as only the average over the group matters) in the viewing distribution.
   */
  readonly symmetry?: string | undefined
  readonly seed: number
  /** L-BFGS steps a band; a random start takes them for each of its tolerances. */
  readonly iterations: number
  /**
   * Centres the priors on a draw from themselves instead of on zero: with resampled data the result is then a sample of the
   * posterior, not its maximum (bootstrap.ts).
   */
  readonly priorSeed?: number
  /** Relative decrease of ten steps at which a band counts as done; default 1e-4. */
  readonly tolerance?: number
  /** Where to go on from; a random volume and a nearly uniform distribution when absent. */
  readonly from?: MomentSolution
  readonly onStep?: (report: StepReport) => void
}

export interface StepReport {
  readonly stage: number
  readonly stageCount: number
  readonly iteration: number
  readonly iterations: number
  readonly chiSquarePerDatum: number
  /** The volume and viewing distribution of this step, copied. */
  readonly state: () => Pick<MomentSolution, 'basis' | 'coefficients' | 'viewDegree' | 'viewLogits'>
}

/** What one start arrives at. */
export interface MomentSolution {
  readonly basis: SphericalBesselBasis
  readonly coefficients: Float64Array
  readonly viewDegree: number
  /** Logit coefficients of the viewing distribution, real harmonics of degree 1 .. viewDegree. */
  readonly viewLogits: Float64Array
  /** chi^2 of the last band per independent datum: 1 is a perfect fit to the noise. */
  readonly chiSquarePerDatum: number
  /** The same for M1, M2 and M3 alone. */
  readonly parts: readonly [number, number, number]
  /** Relative errors of M1 and M2 in the last band, beside their noise floors. */
  readonly errors: MomentErrors
  /** Misfit of the last band by block. */
  readonly residuals: MomentResiduals
  readonly stages: readonly { readonly maxFrequency: number; readonly chiSquarePerDatum: number; readonly iterations: number; readonly seconds: number }[]
  readonly seed: number
}

/** Degree, directions and volume band of the model at a band limit (algorithms.md 8.2 and 9). */
export function modelSize(maxFrequency: number, radius: number): { degree: number; directions: number; volumeBand: number } {
  const degree = Math.max(4, Math.round(0.65 * maxFrequency * radius))
  return { degree, directions: Math.round(1.15 * degree * degree + 100), volumeBand: 1.2 * maxFrequency }
}

/**
 * Relative model errors that a random start goes through: first every moment counts as known to 10 %, so that no
 * strong low-frequency component dominates and traps the search; then less. Measured on a phantom at N = 5e6, SNR 0.02:
 * 8 of 8 random starts reach chi^2 per datum 0.95, against 4 of 8 without (README.md).
 */
const RANDOM_START_ERRORS = [0.1, 0.02, 0.001]

/** What interpolation and quadrature leave: moments are not trusted beyond it. */
const MODEL_ERROR = 0.001

/**
 * Volume and viewing distribution whose moments match the data, from one start, by L-BFGS on the chi^2 of
 * `MomentObjective` plus a Wilson prior, band after band (algorithms.md 8.2, 9). Scaling decides convergence: variables
 * are in units of the geometric mean of the prior's deviation and its root mean square.
 */
export function solveMoments(options: SolveOptions): MomentSolution {
  const random = new Random(options.seed)
  let solution = options.from
  options.stages.forEach((stage, index) => {
    solution = solveBand(stage, { options, index, random, from: solution })
  })
  if (!solution) throw new AppError('Internal', 'no bands to solve')
  return solution
}

/** Prior standard deviation of the viewing distribution's logit coefficients: peaks beyond tens of times uniform are noise. */
const VIEW_DEVIATION = 0.3

interface Band {
  readonly options: SolveOptions
  readonly index: number
  readonly random: Random
  readonly from: MomentSolution | undefined
}

function solveBand(stage: MomentStage, band: Band): MomentSolution {
  const { options, index, random, from } = band
  const began = performance.now()
  const size = modelSize(stage.maxFrequency, options.radius)
  const basis = sphericalBesselBasis({ degree: size.degree, radius: options.radius, maxFrequency: size.volumeBand })
  const directions = fibonacciSphere(2 * size.directions).slice(0, 3 * size.directions)
  const kernel = new Kernel(solverBytes(stage, basis, size.directions))
  const model = new SliceModel(kernel, { volume: basis, image: options.image, components: stage.sliceComponents, directions })
  const objective = new MomentObjective(kernel, { model, directions, data: stage.moments, viewDegree: options.viewDegree, third: options.third })
  const mask = symmetryMask(basis, options.symmetry ?? 'C1')
  const viewMask = symmetricCoefficients(options.viewDegree, options.symmetry ?? 'C1').slice(1)
  const volumeAt = Int32Array.from([...mask.keys()].filter((i) => mask[i] === 1))
  const viewAt = Int32Array.from([...viewMask.keys()].filter((i) => viewMask[i]!))
  // the energy of all coefficients is in those that are varied
  const share = Math.sqrt(basis.length / volumeAt.length)
  const deviation = wilsonPrior(stage, basis, options.image).map((tau) => share * tau)
  const rms = Math.sqrt(deviation.reduce((sum, tau) => sum + tau * tau, 0) / deviation.length)
  const unit = deviation.map((tau) => Math.sqrt(tau * rms))
  const n = volumeAt.length
  const coefficients = from ? transferCoefficients(from.basis, basis, from.coefficients) : deviation.map((tau) => 0.3 * tau * random.normal())
  const logits = from ? from.viewLogits : Float64Array.from({ length: objective.viewCount }, () => 0.1 * random.normal())
  const gradient = { coefficients: new Float64Array(basis.length), logits: new Float64Array(objective.viewCount) }
  let point: Float64Array = new Float64Array(n + viewAt.length)
  volumeAt.forEach((at, i) => (point[i] = coefficients[at]! / unit[at]!))
  viewAt.forEach((at, i) => (point[n + i] = logits[at]!))
  const unpacked = { coefficients: new Float64Array(basis.length), logits: new Float64Array(objective.viewCount) }
  const unpack = (variables: Float64Array): void => {
    volumeAt.forEach((at, i) => (unpacked.coefficients[at] = variables[i]! * unit[at]!))
    viewAt.forEach((at, i) => (unpacked.logits[at] = variables[n + i]!))
  }
  const prior = priorCentre(deviation, objective.viewCount, options.priorSeed)
  const errors = from ? [MODEL_ERROR] : RANDOM_START_ERRORS
  const most = options.iterations * errors.length
  let steps = 0
  for (const error of errors) {
    objective.tolerateModelError(error)
    const minimum = minimize(
      (variables, out) => {
        unpack(variables)
        let value = objective.evaluate(unpacked.coefficients, unpacked.logits, gradient)
        volumeAt.forEach((at, i) => {
          const off = (unpacked.coefficients[at]! - prior.coefficients[at]!) / deviation[at]!
          value += off * off
          out[i] = 1e-3 * unit[at]! * (gradient.coefficients[at]! + (2 * off) / deviation[at]!)
        })
        viewAt.forEach((at, i) => {
          const off = (unpacked.logits[at]! - prior.logits[at]!) / VIEW_DEVIATION
          value += off * off
          out[n + i] = 1e-3 * (gradient.logits[at]! + (2 * off) / VIEW_DEVIATION)
        })
        return 1e-3 * value
      },
      point,
      {
        iterations: options.iterations,
        memory: 40,
        tolerance: options.tolerance ?? 1e-4,
        onStep: (iteration, value, at) =>
          options.onStep?.({
            stage: index, stageCount: options.stages.length, iteration: steps + iteration, iterations: most, chiSquarePerDatum: (1e3 * value) / objective.dataCount,
            state: () => {
              unpack(at)
              return { basis, coefficients: unpacked.coefficients.slice(), viewDegree: options.viewDegree, viewLogits: unpacked.logits.slice() }
            },
          }),
      },
    )
    point = minimum.point
    steps += minimum.iterations
  }
  unpack(point)
  const solved = { coefficients: unpacked.coefficients, viewLogits: unpacked.logits }
  objective.evaluate(solved.coefficients, solved.viewLogits, gradient)
  const [first, second, third] = objective.parts
  const secondCount = dataCount(model.counts, false) - model.counts[0]!
  const thirdCount = objective.dataCount - secondCount - model.counts[0]!
  const chiSquarePerDatum = (first + second + third) / objective.dataCount
  const report = { maxFrequency: stage.maxFrequency, chiSquarePerDatum, iterations: steps, seconds: (performance.now() - began) / 1000 }
  return {
    basis,
    ...solved,
    viewDegree: options.viewDegree,
    chiSquarePerDatum,
    parts: [first / model.counts[0]!, second / secondCount, thirdCount > 0 ? third / thirdCount : 0],
    errors: momentErrors(model, stage.moments, objective.viewProbabilities(solved.viewLogits)),
    residuals: objective.residuals(),
    stages: [...(from?.stages ?? []), report],
    seed: options.seed,
  }
}

// Zero, or a draw from the prior.
function priorCentre(deviation: Float64Array, viewCount: number, seed: number | undefined): { coefficients: Float64Array; logits: Float64Array } {
  if (seed === undefined) return { coefficients: new Float64Array(deviation.length), logits: new Float64Array(viewCount) }
  const random = new Random(seed)
  return { coefficients: deviation.map((tau) => tau * random.normal()), logits: Float64Array.from({ length: viewCount }, () => VIEW_DEVIATION * random.normal()) }
}

// Room for the angular maps, the slices with their gradients and pairs, and the largest third-moment product.
function solverBytes(stage: MomentStage, basis: SphericalBesselBasis, directions: number): number {
  const stride = 2 * (Math.ceil(directions / 4) * 4)
  const counts = stage.components.map((c) => c.count)
  let floats = 0
  let widest = 0
  for (let m = 0; m < Math.min(counts.length, basis.degree + 1); m++) {
    for (let l = m; l <= basis.degree; l += 2) floats += (2 * l + 1) * (stride + counts[m]!)
    floats += 8 * counts[m]! * stride
    for (let j = m; j < counts.length - m; j++) widest = Math.max(widest, counts[m]! * counts[j]!)
  }
  const largest = Math.max(...counts)
  return 4 * (floats + 2 * Math.max(widest, largest) * stride + 2 * widest * largest * 2 + 1e6)
}
