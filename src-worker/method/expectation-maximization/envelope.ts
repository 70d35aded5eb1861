import type { SphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { gaussLegendre } from '#core/math/gauss-quadrature.ts'
import { sphericalBesselJ } from '#core/math/spherical-bessel.ts'
import type { BallVolume } from './shell-correlation.ts'

/** How strong density is expected to be at a distance from the centre: values at r = 0, STEP, 2 STEP ... up to the ball's radius. */
export type RadialEnvelope = Float64Array

const STEP = 0.5
/** Density is never ruled out inside the ball. */
const LEAST = 0.1

/**
 * Envelope of a map: root mean square density on spheres, smoothed over `blur` voxels, never rising outwards, 1 at its
 * largest and at least 0.1. The prior of the maximisation step is then a stationary random density times the envelope:
 * a soft support, that cuts nothing off.
 */
export function radialEnvelope(volume: BallVolume, blur: number): RadialEnvelope {
  const { basis, coefficients } = volume
  const count = Math.ceil(basis.radius / STEP) + 1
  const power = Float64Array.from({ length: count }, (_, i) => {
    const radial = radialValues(basis, Math.min(i * STEP, basis.radius))
    let sum = 0
    basis.counts.forEach((width, l) => {
      for (let k = 0; k < 2 * l + 1; k++) {
        let value = 0
        for (let s = 0; s < width; s++) value += coefficients[basis.offsets[l]! + k * width + s]! * radial[l]![s]!
        sum += value * value
      }
    })
    return sum
  })
  const smooth = power.map((_, i) => {
    let sum = 0
    let weight = 0
    power.forEach((value, j) => {
      const w = Math.exp(-(((i - j) * STEP) ** 2) / (2 * blur * blur)) * (j * STEP + 0.5) ** 2
      sum += w * value
      weight += w
    })
    return sum / weight
  })
  for (let i = count - 2; i >= 0; i--) smooth[i] = Math.max(smooth[i]!, smooth[i + 1]!)
  const largest = smooth[0]!
  return smooth.map((value) => Math.max(LEAST, Math.sqrt(value / largest)))
}

/**
 * Multiplication by the envelope within the basis: per degree the symmetric matrix `W_l[s, t] = int b_ls w b_lt r^2 dr`,
 * counts[l]^2 values, row-major.
 */
export function envelopeMatrices(basis: SphericalBesselBasis, envelope: RadialEnvelope): Float64Array[] {
  const { nodes, weights } = gaussLegendre(3 * Math.max(...basis.counts) + 24, 0, basis.radius)
  const values = Array.from(nodes, (r) => radialValues(basis, r))
  const out = basis.counts.map((count) => new Float64Array(count * count))
  nodes.forEach((r, i) => {
    const place = Math.min(envelope.length - 1.001, r / STEP)
    const low = Math.floor(place)
    const w = weights[i]! * r * r * (envelope[low]! + (place - low) * (envelope[low + 1]! - envelope[low]!))
    basis.counts.forEach((count, l) => {
      const radial = values[i]![l]!
      for (let s = 0; s < count; s++) for (let t = 0; t < count; t++) out[l]![s * count + t]! += w * radial[s]! * radial[t]!
    })
  })
  return out
}

// c_ls j_l(u_ls r / R)
function radialValues(basis: SphericalBesselBasis, r: number): Float64Array[] {
  return basis.zeros.map((zeros, l) =>
    Float64Array.from(zeros, (u) => (Math.sqrt(2 / basis.radius ** 3) / Math.abs(sphericalBesselJ(l + 1, u)[l + 1]!)) * sphericalBesselJ(l, (u * r) / basis.radius)[l]!),
  )
}
