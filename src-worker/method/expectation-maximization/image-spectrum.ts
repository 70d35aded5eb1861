import type { SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { symmetricCoefficients } from '#core/geometry/symmetry.ts'
import { energyDesign } from '../moments/wilson-prior.ts'
import type { BandPlan, ImageCoefficients } from './band-plan.ts'
import type { RadialBins } from './radial-prior.ts'

/** Variance of volume coefficients by radial frequency, as the images' power above the noise tells it. */
export interface ImageSpectrum {
  /** Bin centres, rad per voxel, ascending. */
  readonly frequencies: Float64Array
  readonly variances: Float64Array
}

/** Images whose power is summed at most. */
const MOST_IMAGES = 4096
const ITERATIONS = 300
const SMOOTHING = 0.05
/** From one bin to the next the variance falls at most to this part and rises at most to that. */
const LEAST_RATIO = 0.35
const MOST_RATIO = 1.3

/**
 * Spectrum of the volume from the images' power, without any pose: a random volume with independent coefficients of
 * variance v(u/R) seen from everywhere gives component m, p the power `1 + sum_l N_lm^2 sum_s v (F_l U_m^T)[s, p]^2`, and the
 * v of greatest likelihood (powers as exponential variables) is found by multiplicative updates. It is the same for every
 * state of the refinement: a prior learnt from the volume itself sinks with it (README.md).
 */
export function imageSpectrum(images: ImageCoefficients, rows: Int32Array, plan: BandPlan): ImageSpectrum {
  const { volume, bins } = plan
  const binOf = (l: number, s: number): number => bins.of[l]![s]!
  const design = energyDesign(plan.components, volume, plan.image, { bins: bins.count, binOf, share: degreeShares(plan) })
  const power = componentPower(images, rows, plan).slice(0, design.length)
  const variances = new Float64Array(bins.count).fill(1e-3 * Math.max(1e-3, mean(power) - 1) / Math.max(1e-300, mean(design.map((row) => row.reduce((a, b) => a + b, 0)))))
  let noise = 1
  const weights = design.map((_, i) => (i < plan.layout.counts[0]! ? 0.5 : 1))
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const up = new Float64Array(bins.count)
    const down = new Float64Array(bins.count)
    let noiseUp = 0
    let noiseDown = 0
    design.forEach((row, i) => {
      const predicted = row.reduce((sum, g, b) => sum + g * variances[b]!, noise)
      const ratio = (weights[i]! * power[i]!) / (predicted * predicted)
      row.forEach((g, b) => {
        up[b]! += g * ratio
        down[b]! += (weights[i]! * g) / predicted
      })
      noiseUp += ratio
      noiseDown += weights[i]! / predicted
    })
    for (let b = 0; b < bins.count; b++) if (down[b]! > 0) variances[b]! *= Math.min(4, Math.max(0.25, up[b]! / down[b]!))
    // The corners' estimate is good to a percent.
    if (iteration > 50) noise = Math.min(1.01, Math.max(0.99, (noise * noiseUp) / noiseDown))
    smooth(variances)
    for (let b = 1; b < bins.count; b++) variances[b] = Math.min(MOST_RATIO * variances[b - 1]!, Math.max(LEAST_RATIO * variances[b - 1]!, variances[b]!))
  }
  const width = volume.maxFrequency / bins.count
  return { frequencies: Float64Array.from(variances, (_, b) => (b + 0.5) * width), variances }
}

/** The spectrum's variances in the bins of a basis, geometrically between its own. */
export function spectrumVariances(spectrum: ImageSpectrum, basis: SphericalBesselBasis, bins: RadialBins): Float64Array {
  const { frequencies, variances } = spectrum
  return Float64Array.from({ length: bins.count }, (_, bin) => {
    const kappa = ((bin + 0.5) * basis.maxFrequency) / bins.count
    const next = frequencies.findIndex((f) => f > kappa)
    if (next === 0) return variances[0]!
    if (next < 0) return variances.at(-1)!
    const part = (kappa - frequencies[next - 1]!) / (frequencies[next]! - frequencies[next - 1]!)
    return variances[next - 1]! ** (1 - part) * variances[next]! ** part
  })
}

// Part of the coefficients of each degree that the point group allows
function degreeShares({ volume, symmetry }: BandPlan): Float64Array {
  const kept = symmetricCoefficients(volume.degree, symmetry)
  return Float64Array.from(volume.counts, (_, l) => kept.slice(l * l, (l + 1) ** 2).filter(Boolean).length / (2 * l + 1))
}

// A tenth of either neighbour's logarithm: bins that the data do not see follow their neighbours.
function smooth(variances: Float64Array): void {
  const logs = variances.map((value) => Math.log(Math.max(value, 1e-300)))
  for (let b = 0; b < logs.length; b++) variances[b] = Math.exp(logs[b]! + SMOOTHING * (logs[Math.max(0, b - 1)]! - 2 * logs[b]! + logs[Math.min(logs.length - 1, b + 1)]!))
}

// Mean of |z_mp|^2 over images
function componentPower(images: ImageCoefficients, rows: Int32Array, plan: BandPlan): number[] {
  const { counts } = plan.layout
  const { fullCounts, projection } = plan.map
  const data = new Float32Array(images.buffer)
  const used = Math.min(MOST_IMAGES, rows.length)
  const power = counts.map((count) => new Float64Array(count))
  for (let i = 0; i < used; i++) {
    let at = rows[Math.floor((i * rows.length) / used)]! * images.basis.length
    fullCounts.forEach((full, m) => {
      for (let p = 0; p < (counts[m] ?? 0); p++) {
        let re = 0
        let im = 0
        for (let a = 0; a < full; a++) {
          re += projection[m]![p * full + a]! * data[at + a]!
          if (m > 0) im += projection[m]![p * full + a]! * data[at + full + a]!
        }
        power[m]![p]! += (re * re + im * im) / used
      }
      at += m === 0 ? full : 2 * full
    })
  }
  return power.flatMap((values) => [...values])
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
}
