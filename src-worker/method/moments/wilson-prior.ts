import { fourierProfiles, type SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import type { SteerableBasis } from '#core/basis/steerable.ts'
import { normalizedLegendre } from '#core/math/legendre.ts'
import type { MomentStage } from './stage.ts'

/**
 * Prior standard deviation of every volume coefficient: independent, with a variance that depends only on the radial
 * frequency u/R (a Wilson prior), fitted to the signal energy of the components. With such a volume the direction
 * average of |z_mp|^2 is `sum_l N_lm^2 sum_s tau^2(u_ls/R) (F_l U_m^T)[s,p]^2`, linear in tau^2 per frequency bin; the
 * bins are found by multiplicative updates (positive), and smoothed so that bins the data do not see follow their
 * neighbours. Shape: basis.length. Source: algorithms.md 9 ("Prior when N small"); formula derived here, tested.
 */
export function wilsonPrior(stage: MomentStage, basis: SphericalBesselBasis, image: SteerableBasis): Float64Array {
  const bins = Math.max(4, Math.round((basis.maxFrequency * basis.radius) / (1.5 * Math.PI)))
  const binOf = (l: number, s: number): number => Math.min(bins - 1, Math.floor((basis.zeros[l]![s]! / (basis.radius * basis.maxFrequency)) * bins))
  const design = energyDesign(stage.sliceComponents, basis, image, { bins, binOf })
  const energy = stage.components.slice(0, basis.degree + 1).flatMap(({ count }, m) => Array.from({ length: count }, (_, p) => Math.max(1e-6, stage.eigenvalues[m]![p]!)))
  const variance = fitBins(design, energy, bins)
  const out = new Float64Array(basis.length)
  basis.counts.forEach((count, l) => {
    for (let k = 0; k < 2 * l + 1; k++) for (let s = 0; s < count; s++) out[basis.offsets[l]! + k * count + s] = Math.sqrt(variance[binOf(l, s)]!)
  })
  return out
}

/** Per component (m, then p), what unit variance in each bin adds to the direction average of |z_mp|^2; `share`: part of the degrees' coefficients that there are. */
export function energyDesign(components: MomentStage['components'], basis: SphericalBesselBasis, image: SteerableBasis, bin: { bins: number; binOf: (l: number, s: number) => number; share?: Float64Array }): Float64Array[] {
  const profiles = fourierProfiles(basis, image.nodes)
  const equator = normalizedLegendre(basis.degree, 0)
  const nodes = image.nodes.length
  const design: Float64Array[] = []
  components.slice(0, basis.degree + 1).forEach(({ count, matrix }, m) => {
    const full = image.counts[m]!
    for (let p = 0; p < count; p++) {
      const weights = Float64Array.from({ length: nodes }, (_, i) => {
        let sum = 0
        for (let a = 0; a < full; a++) sum += matrix[p * full + a]! * image.whitening[m]![i * full + a]!
        return sum * image.rootWeights[i]!
      })
      const row = new Float64Array(bin.bins)
      for (let l = m; l <= basis.degree; l += 2) {
        const n2 = (bin.share?.[l] ?? 1) * equator[(l * (l + 1)) / 2 + m]! ** 2
        for (let s = 0; s < basis.counts[l]!; s++) {
          let sum = 0
          for (let i = 0; i < nodes; i++) sum += profiles[l]![s * nodes + i]! * weights[i]!
          row[bin.binOf(l, s)]! += n2 * sum * sum
        }
      }
      design.push(row)
    }
  })
  return design
}

// Maximum likelihood of energies as exponential variables: multiplicative updates, then three-bin smoothing of the logs.
function fitBins(design: readonly Float64Array[], energy: readonly number[], bins: number): Float64Array {
  const total = design.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0)
  const variance = new Float64Array(bins).fill(energy.reduce((a, b) => a + b, 0) / total)
  for (let iteration = 0; iteration < 60; iteration++) {
    const up = new Float64Array(bins)
    const down = new Float64Array(bins)
    design.forEach((row, i) => {
      const predicted = row.reduce((sum, g, b) => sum + g * variance[b]!, 0) + 1e-9 * energy[i]!
      row.forEach((g, b) => {
        up[b]! += (g * energy[i]!) / (predicted * predicted)
        down[b]! += g / predicted
      })
    })
    for (let b = 0; b < bins; b++) if (down[b]! > 0) variance[b]! *= Math.sqrt(up[b]! / down[b]!)
    const logs = variance.map((v) => Math.log(Math.max(v, 1e-300)))
    for (let b = 0; b < bins; b++) {
      const left = logs[Math.max(0, b - 1)]!
      const right = logs[Math.min(bins - 1, b + 1)]!
      variance[b] = Math.exp(0.6 * logs[b]! + 0.2 * (left + right))
    }
  }
  return variance
}
