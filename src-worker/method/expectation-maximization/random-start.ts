import type { JobContext } from '#job/context.ts'
import { parseSymmetry } from '#core/geometry/symmetry.ts'
import type { Random } from '#core/random.ts'
import type { BandPlan, ImageCoefficients } from './band-plan.ts'
import { cellFloats } from './expectation.ts'
import type { ImageSet } from './image-set.ts'
import { maximizeVolume } from './operations.ts'
import { spreadBins, binMeans } from './radial-prior.ts'

/**
 * A start that knows only the mean image and the power: the spherical average that best fits the mean image, plus random
 * degrees 1 to 4 (n + 1 of an n-fold particle) with the same radial spectrum, scaled so that the templates carry half the power that the images have
 * above the noise at angular frequencies m > 0.
 */
export async function randomStart(context: JobContext, images: ImageCoefficients, options: { rows: Int32Array; plan: BandPlan; random: Random }): Promise<ImageSet> {
  const { rows, plan, random } = options
  const { cellCount, counts } = plan.layout
  const { mean, power } = imageStatistics(images, rows, plan)
  const uniform = new Float64Array(8 * cellCount).fill(1 / (8 * cellCount))
  // Every direction has seen the mean image: N_0 = w mean z_0, other orders average out.
  const floats = cellFloats(counts)
  const weight = rows.length / (4 * cellCount)
  const numerators = new Float64Array(cellCount * floats)
  for (let cell = 0; cell < cellCount; cell++) for (let p = 0; p < counts[0]!; p++) numerators.fill(weight * mean[p]!, cell * floats + 4 * p, cell * floats + 4 * p + 4)
  const zero = new Float64Array(plan.volume.length)
  const precision = new Float64Array(plan.volume.length).fill(1e-6)
  const flat = await context.pool.run(maximizeVolume, { plan, start: zero, sums: { numerators, weights: new Float64Array(4 * cellCount).fill(weight) }, precision, iterations: 20 }, { signal: context.signal })
  const coefficients = new Float64Array(plan.volume.length)
  coefficients.set(flat.coefficients.subarray(0, plan.volume.counts[0]))
  const radial = binMeans(plan.volume, plan.bins, coefficients.map((x) => x * x))
  const rms = spreadBins(plan.volume, plan.bins, radial.map(Math.sqrt))
  const rough = new Float64Array(plan.volume.length)
  const above = Math.max(5, parseSymmetry(plan.symmetry).fold + 2)
  for (let i = plan.volume.offsets[1]!; i < (plan.volume.offsets[above] ?? plan.volume.length); i++) rough[i] = rms[i]! * random.normal()
  const trial = await context.pool.run(maximizeVolume, { plan, start: rough }, { signal: context.signal })
  const carried = trial.templates.energies.reduce((sum, e) => sum + e, 0) / trial.templates.energies.length
  rough.set(trial.coefficients)
  const scale = Math.sqrt(Math.max(0.05 * carried, 0.5 * power) / Math.max(carried, 1e-300))
  for (let i = 0; i < coefficients.length; i++) coefficients[i]! += scale * rough[i]!
  const { templates } = await context.pool.run(maximizeVolume, { plan, start: coefficients }, { signal: context.signal })
  const variances = binMeans(plan.volume, plan.bins, coefficients.map((x) => x * x)).map((value, bin, all) => Math.max(value, 0.1 * (all[Math.max(0, bin - 1)] ?? 0), 1e-12))
  return { rows, plan, coefficients, templates, variances, views: uniform }
}

// Mean of the m = 0 components, and mean of sum_{m>0} |z_m|^2 above the noise
function imageStatistics(images: ImageCoefficients, rows: Int32Array, plan: BandPlan): { mean: Float64Array; power: number } {
  const { counts } = plan.layout
  const { fullCounts, projection } = plan.map
  const data = new Float32Array(images.buffer)
  const mean = new Float64Array(counts[0]!)
  let power = 0
  const used = rows.subarray(0, 20_000)
  for (const row of used) {
    let at = row * images.basis.length
    fullCounts.forEach((full, m) => {
      if (m < counts.length) {
        for (let p = 0; p < counts[m]!; p++) {
          let re = 0
          let im = 0
          for (let a = 0; a < full; a++) {
            re += projection[m]![p * full + a]! * data[at + a]!
            if (m > 0) im += projection[m]![p * full + a]! * data[at + full + a]!
          }
          if (m === 0) mean[p]! += re / used.length
          else power += (re * re + im * im - 1) / used.length
        }
      }
      at += m === 0 ? full : 2 * full
    })
  }
  return { mean, power }
}
