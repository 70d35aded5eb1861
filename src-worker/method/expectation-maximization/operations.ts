import type { SteerableBasis } from '#core/basis/steerable.ts'
import { Kernel } from '#kernel/kernel.ts'
import { defineOperation, transferring } from '#parallel/operation.ts'
import type { BandPlan } from './band-plan.ts'
import { expectationBytes, ExpectationStep, type ComponentMap, type ExpectationInput, type ExpectationResult, type TemplateLayout } from './expectation.ts'
import { OffsetExpectationStep, offsetExpectationBytes, type OffsetInput } from './offset-expectation.ts'
import { shiftMatrices, shiftMatrixBytes, type ShiftMatrices } from './shift-matrices.ts'
import { maximizationBytes, MaximizationStep, type PosteriorSums, type Templates } from './maximization.ts'

export interface ExpectRequest {
  readonly layout: TemplateLayout
  readonly map: ComponentMap
  readonly input: ExpectationInput
  /** Absent: the pictures are centred. */
  readonly offsets?: OffsetInput | undefined
}

/** Expectation step of one part of the images. */
export const expectPart = defineOperation<ExpectRequest, ExpectationResult>('expectation-maximization/expect', (request, report) => {
  const { layout, map, input, offsets } = request
  const kernel = reusedKernel(offsets ? offsetExpectationBytes(layout, map, offsets) : expectationBytes(layout, map))
  const mark = kernel.mark()
  try {
    const step = offsets ? new OffsetExpectationStep(kernel, { layout, map, offsets }) : new ExpectationStep(kernel, layout, map)
    const result = step.run(input, report)
    return transferring(result, [result.numerators.buffer as ArrayBuffer, result.kept.cells.buffer as ArrayBuffer])
  } finally {
    kernel.release(mark)
  }
})

export interface OffsetMatricesRequest {
  readonly image: SteerableBasis
  readonly counts: readonly number[]
  readonly map: ComponentMap
  /** Pixels. */
  readonly lengths: Float64Array
}

/** Matrices that shift images by the lengths of an offset grid. */
export const offsetMatrices = defineOperation<OffsetMatricesRequest, ShiftMatrices>('expectation-maximization/offset-matrices', ({ image, counts, map, lengths }) =>
  shiftMatrices(new Kernel(shiftMatrixBytes(image, counts)), image, { counts, map, lengths }),
)

export interface MaximizeRequest {
  readonly plan: BandPlan
  readonly start: Float64Array
  /** Absent: only the templates of `start`. */
  readonly sums?: PosteriorSums
  /** 1 / prior variance per y. */
  readonly precision?: Float64Array
  readonly iterations?: number
  /** x <- start + relaxation (minimiser - start); default 1. */
  readonly relaxation?: number
}

export interface MaximizeResult {
  readonly coefficients: Float64Array
  /** The minimiser before relaxation, divided by the envelope (y of `MaximizationStep`); empty without sums. */
  readonly scaled: Float64Array
  readonly templates: Templates
  /** What is left open of each y under uniform views of the same weight; empty without sums. */
  readonly variances: Float64Array
}

/** Maximisation step of one set of images, and the templates of the new volume. */
export const maximizeVolume = defineOperation<MaximizeRequest, MaximizeResult>('expectation-maximization/maximize', ({ plan, start, sums, precision, iterations, relaxation }) => {
  const step = keptStep(plan)
  const none = new Float64Array(0)
  if (!sums) return { coefficients: step.symmetric(start), templates: step.templates(start), scaled: none, variances: none }
  const minimiser = step.maximize(sums, { start, precision: precision!, iterations: iterations ?? 12 })
  const coefficients = minimiser.coefficients.map((x, i) => start[i]! + (relaxation ?? 1) * (x - start[i]!))
  return { coefficients, templates: step.templates(coefficients), scaled: minimiser.scaled, variances: minimiser.variances }
})

// One memory per thread for expectation parts, one slice model: bands follow each other.
let memory: { readonly bytes: number; readonly kernel: Kernel } | undefined
let kept: { readonly key: string; readonly step: MaximizationStep } | undefined

function reusedKernel(bytes: number): Kernel {
  if (!memory || memory.bytes < bytes) memory = { bytes, kernel: new Kernel(bytes) }
  return memory.kernel
}

function keptStep(plan: BandPlan): MaximizationStep {
  if (kept?.key !== plan.key) {
    kept = undefined
    const kernel = new Kernel(maximizationBytes(plan.volume, plan.layout.counts, plan.grid.directions.length / 3))
    kept = { key: plan.key, step: new MaximizationStep(kernel, { volume: plan.volume, image: plan.image, components: plan.components, envelope: plan.envelope, symmetry: plan.symmetry, directions: plan.grid.directions }) }
  }
  return kept.step
}
