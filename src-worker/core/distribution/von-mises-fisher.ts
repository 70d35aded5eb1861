import type { Random } from '../random.ts'

/** A mixture of von Mises-Fisher densities on the unit sphere. */
export interface VonMisesFisherMixture {
  /** 3 K: the mean direction of each component, unit vectors. */
  readonly means: Float64Array
  /** K: kappa >= 0; 0 is uniform. */
  readonly concentrations: Float64Array
  /** K: >= 0, sum 1. */
  readonly weights: Float64Array
}

/** The uniform distribution: one component with kappa 0. */
export function uniformMixture(): VonMisesFisherMixture {
  return { means: new Float64Array([0, 0, 1]), concentrations: new Float64Array(1), weights: new Float64Array([1]) }
}

/** Means uniform on the sphere, kappa uniform in [kappaMin, kappaMax], weights from Dirichlet(2, ..., 2). */
export function randomMixture(random: Random, components = 8, kappaMin = 4, kappaMax = 16): VonMisesFisherMixture {
  const means = new Float64Array(3 * components)
  const concentrations = new Float64Array(components)
  const weights = new Float64Array(components)
  for (let i = 0; i < components; i++) {
    means.set(random.direction(), 3 * i)
    concentrations[i] = kappaMin + (kappaMax - kappaMin) * random.uniform()
    weights[i] = random.gamma(2)
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return { means, concentrations, weights: weights.map((weight) => weight / total) }
}

/**
 * Density with respect to area at a unit vector: `sum_j w_j kappa_j / (4 pi sinh kappa_j) exp(kappa_j mu_j.x)`; integrates
 * to 1 over the sphere. Stable for every kappa >= 0 (Fisher 1953, written with exponents <= 0).
 */
export function mixtureDensity(mixture: VonMisesFisherMixture, x: number, y: number, z: number): number {
  const { means, concentrations, weights } = mixture
  let density = 0
  for (let i = 0; i < weights.length; i++) {
    const kappa = concentrations[i]!
    const cosine = means[3 * i]! * x + means[3 * i + 1]! * y + means[3 * i + 2]! * z
    density += weights[i]! * peakDensity(kappa) * Math.exp(kappa * (cosine - 1))
  }
  return density
}

// kappa / (2 pi (1 - exp(-2 kappa))), which tends to 1 / 4 pi.
function peakDensity(kappa: number): number {
  return kappa < 1e-12 ? 1 / (4 * Math.PI) : kappa / (2 * Math.PI * -Math.expm1(-2 * kappa))
}

/** A random direction of the mixture. */
export function sampleDirection(mixture: VonMisesFisherMixture, random: Random): [number, number, number] {
  const { means, concentrations, weights } = mixture
  let component = 0
  for (let rest = random.uniform() - weights[0]!; rest >= 0 && component < weights.length - 1; rest -= weights[component]!) component++
  const kappa = concentrations[component]!
  // The cosine to the mean by inverting its distribution function (Ulrich 1984 for three dimensions).
  const u = random.uniform()
  const cosine = kappa < 1e-6 ? 2 * u - 1 : Math.max(-1, 1 + Math.log(u + (1 - u) * Math.exp(-2 * kappa)) / kappa)
  const angle = 2 * Math.PI * random.uniform()
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine))
  return around(means[3 * component]!, means[3 * component + 1]!, means[3 * component + 2]!, [sine * Math.cos(angle), sine * Math.sin(angle), cosine])
}

// Carries z onto the unit vector (mx, my, mz); a branch-free orthonormal frame (Duff et al. 2017).
function around(mx: number, my: number, mz: number, v: readonly [number, number, number]): [number, number, number] {
  const sign = mz >= 0 ? 1 : -1
  const a = -1 / (sign + mz)
  const b = mx * my * a
  const [p, q, r] = v
  return [
    p * (1 + sign * mx * mx * a) + q * b + r * mx,
    p * sign * b + q * (sign + my * my * a) + r * my,
    -p * sign * mx - q * my + r * mz,
  ]
}
