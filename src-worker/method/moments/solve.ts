import { sphericalBesselBasis, transferCoefficients, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { minimize } from '#core/math/minimize.ts'
import { dataCount } from '#core/moments/component-moments.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { SliceModel } from '../steerable/slice-model.ts'
import { momentErrors, type MomentErrors } from './moment-errors.ts'
import { MomentObjective } from './objective.ts'
import type { MomentStage } from './stage.ts'
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
  readonly seed: number
  /** Steps of the first stage; later ones use half. */
  readonly iterations: number
  readonly onStep?: (report: StepReport) => void
}

export interface StepReport {
  readonly stage: number
  readonly stageCount: number
  readonly iteration: number
  readonly iterations: number
  readonly chiSquarePerDatum: number
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
  readonly stages: readonly { readonly maxFrequency: number; readonly chiSquarePerDatum: number; readonly iterations: number; readonly seconds: number }[]
  readonly seed: number
}

/** Degree, directions and volume band of the model at a band limit (algorithms.md 8.2 and 9). */
export function modelSize(maxFrequency: number, radius: number): { degree: number; directions: number; volumeBand: number } {
  const degree = Math.max(4, Math.round(0.65 * maxFrequency * radius))
  return { degree, directions: Math.round(1.15 * degree * degree + 100), volumeBand: 1.2 * maxFrequency }
}

/**
 * Volume and viewing distribution whose moments match the data, from one random start, by L-BFGS on the chi^2 of
 * `MomentObjective` with frequency marching (algorithms.md 8.2). Variables are scaled so that a unit step is one
 * standard deviation of the signal; the start has 0.3 of its energy.
 */
export function solveMoments(options: SolveOptions): MomentSolution {
  const random = new Random(options.seed)
  let previous: { basis: SphericalBesselBasis; coefficients: Float64Array } | undefined
  let logits: Float64Array | undefined
  const reports: MomentSolution['stages'][number][] = []
  let parts: readonly [number, number, number] = [0, 0, 0]
  let scale = 0
  let errors: MomentErrors | undefined
  options.stages.forEach((stage, index) => {
    const began = performance.now()
    const size = modelSize(stage.maxFrequency, options.radius)
    const basis = sphericalBesselBasis({ degree: size.degree, radius: options.radius, maxFrequency: size.volumeBand })
    const directions = fibonacciSphere(2 * size.directions).slice(0, 3 * size.directions)
    const kernel = new Kernel(solverBytes(stage, basis, size.directions))
    const model = new SliceModel(kernel, { volume: basis, image: options.image, components: stage.components, directions })
    const objective = new MomentObjective(kernel, { model, directions, data: stage.moments, viewDegree: options.viewDegree, third: options.third })
    let coefficients: Float64Array
    if (previous) coefficients = transferCoefficients(previous.basis, basis, previous.coefficients)
    else {
      coefficients = Float64Array.from({ length: basis.length }, () => random.normal())
      scale = Math.sqrt(signalEnergy(stage) / sliceEnergy(model, coefficients))
      coefficients = coefficients.map((x) => 0.3 * scale * x)
    }
    logits ??= Float64Array.from({ length: objective.viewCount }, () => 0.1 * random.normal())
    const n = basis.length
    const iterations = index === 0 ? options.iterations : Math.ceil(options.iterations / 2)
    const gradient = { coefficients: new Float64Array(n), logits: new Float64Array(objective.viewCount) }
    const start = new Float64Array(n + objective.viewCount)
    coefficients.forEach((x, i) => (start[i] = x / scale))
    start.set(logits, n)
    const minimum = minimize(
      (point, out) => {
        const value = objective.evaluate(point.subarray(0, n).map((x) => x * scale), point.subarray(n), gradient)
        for (let i = 0; i < n; i++) out[i] = 1e-3 * scale * gradient.coefficients[i]!
        for (let i = 0; i < objective.viewCount; i++) out[n + i] = 1e-3 * gradient.logits[i]!
        return 1e-3 * value
      },
      start,
      {
        iterations,
        memory: 40,
        tolerance: 1e-4,
        onStep: (iteration, value) => options.onStep?.({ stage: index, stageCount: options.stages.length, iteration, iterations, chiSquarePerDatum: (1e3 * value) / objective.dataCount }),
      },
    )
    previous = { basis, coefficients: minimum.point.slice(0, n).map((x) => x * scale) }
    logits = minimum.point.slice(n)
    objective.evaluate(previous.coefficients, logits, gradient)
    errors = momentErrors(model, stage.moments, objective.viewProbabilities(logits))
    const second = dataCount(model.counts, false) - model.counts[0]!
    const third = objective.dataCount - second - model.counts[0]!
    parts = [objective.parts[0] / model.counts[0]!, objective.parts[1] / second, third > 0 ? objective.parts[2] / third : 0]
    reports.push({ maxFrequency: stage.maxFrequency, chiSquarePerDatum: (1e3 * minimum.value) / objective.dataCount, iterations: minimum.iterations, seconds: (performance.now() - began) / 1000 })
  })
  return { ...previous!, viewDegree: options.viewDegree, viewLogits: logits!, chiSquarePerDatum: reports.at(-1)!.chiSquarePerDatum, parts, errors: errors!, stages: reports, seed: options.seed }
}

// Mean |z|^2 that the data ask for, over the modelled orders.
function signalEnergy(stage: MomentStage): number {
  return stage.eigenvalues.reduce((sum, values) => sum + values.reduce((a, b) => a + b, 0), 0)
}

function sliceEnergy(model: SliceModel, coefficients: Float64Array): number {
  model.evaluate(coefficients)
  let sum = 0
  for (const slice of model.slices) for (const z of slice.data) sum += z * z
  return sum / model.directionCount
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
