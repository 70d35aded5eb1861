import { realSphericalHarmonics } from '../geometry/spherical-harmonics.ts'
import { fibonacciSphere } from '../geometry/sphere-points.ts'

/** Viewing distribution `rho(w) = exp(sum_lm c_lm y_lm(w)) / Z`, l = 1 .. degree: positive by construction. */
export interface HarmonicDensity {
  readonly degree: number
  /** (degree + 1)^2 - 1 coefficients, index l^2 + l + m - 1. */
  readonly logits: Float64Array
}

/** Density with respect to area (integrates to 1 over the sphere) at the given unit vectors (3 x count). */
export function evaluateHarmonicDensity(density: HarmonicDensity, directions: Float64Array): Float64Array {
  const nodes = fibonacciSphere(4000)
  const normal = logValues(density, nodes)
  const largest = normal.reduce((a, b) => Math.max(a, b), -Infinity)
  const mean = normal.reduce((sum, value) => sum + Math.exp(value - largest), 0) / normal.length
  return logValues(density, directions).map((value) => Math.exp(value - largest) / (4 * Math.PI * mean))
}

function logValues(density: HarmonicDensity, directions: Float64Array): Float64Array {
  return Float64Array.from({ length: directions.length / 3 }, (_, j) => {
    const y = realSphericalHarmonics(density.degree, directions[3 * j]!, directions[3 * j + 1]!, directions[3 * j + 2]!)
    let sum = 0
    for (let c = 0; c < density.logits.length; c++) sum += density.logits[c]! * y[c + 1]!
    return sum
  })
}
