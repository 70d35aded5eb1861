import { requireInput } from '../error.ts'
import { besselJ } from '../math/bessel.ts'
import { gaussLegendre } from '../math/gauss-quadrature.ts'
import { symmetricEigen } from '../math/symmetric-eigen.ts'

/**
 * Steerable basis of images on a disc: for each angular frequency m = 0..order, `counts[m]` functions
 * `E_mp(x) = (-i)^m g_mp(r) exp(-i m phi)` that are band-limited to kappaMax and concentrated on r <= radius (discrete
 * prolate functions), orthonormal over the pixels of the disc within each m. The coefficient
 * `y_mp = sum_x E_mp(x) I(x)` of white noise of variance sigma^2 has variance sigma^2.
 *
 * Polar samples at the radial nodes, `a~_ms = sqrt(w_s) a_m(kappa_s)` with `w_s` the weight of `kappa dkappa`, give the
 * same coefficient of an image supported on the disc: `y_m = W_m^T a~_m`, W_m = `whitening[m]` (nodes x counts[m]).
 * Source: algorithms.md 7.2 and 8.2 step 1; eigenfunctions as Slepian 1964, here over the pixel lattice.
 */
export interface SteerableBasis {
  readonly boxSize: number
  /** Disc radius, voxels. */
  readonly radius: number
  /** Band limit, rad per voxel. */
  readonly maxFrequency: number
  readonly order: number
  readonly counts: readonly number[]
  /** Radial nodes kappa_s (rad per voxel) and square roots of their weights kappa dkappa. */
  readonly nodes: Float64Array
  readonly rootWeights: Float64Array
  /** Per m: nodes x counts[m], row-major. */
  readonly whitening: readonly Float64Array[]
  /** Where the block of m starts in a coefficient vector: m = 0 is real, others are all real parts, then all imaginary. */
  readonly offsets: readonly number[]
  /** Length of a coefficient vector: counts[0] + 2 (counts[1] + ...). */
  readonly length: number
}

export interface SteerableOptions {
  readonly boxSize: number
  readonly radius: number
  readonly maxFrequency: number
}

/** Eigenvalues of the noise Gram matrix below this part of the largest are functions that live outside the disc. */
const CONCENTRATED = 0.02

/** Builds the basis. The disc must lie in the box: radius <= floor((boxSize - 1) / 2). */
export function steerableBasis(options: SteerableOptions): SteerableBasis {
  const { boxSize, radius, maxFrequency } = options
  requireInput(radius > 1 && radius <= Math.floor((boxSize - 1) / 2), () => `disc radius ${radius} does not fit a box of ${boxSize} px: expected 2 to ${Math.floor((boxSize - 1) / 2)}`)
  requireInput(maxFrequency > 0 && maxFrequency <= Math.PI, () => `band limit ${maxFrequency} rad/px is outside (0, pi]`)
  const reach = maxFrequency * radius
  const { nodes, weights } = gaussLegendre(Math.ceil((1.3 * reach) / Math.PI) + 6, 0, maxFrequency)
  const rootWeights = weights.map((w, s) => Math.sqrt(w * nodes[s]!))
  const mostOrder = Math.ceil(reach + 2 * Math.cbrt(reach) + 4)
  const gram = noiseGram({ nodes, rootWeights, radius }, mostOrder)
  const counts: number[] = []
  const whitening: Float64Array[] = []
  let largest = 0
  for (let m = 0; m <= mostOrder; m++) {
    const { values, vectors } = symmetricEigen(gram[m]!, nodes.length)
    if (m === 0) largest = values[0]!
    const count = values.findIndex((value) => value <= CONCENTRATED * largest)
    if (count === 0) break
    const w = new Float64Array(nodes.length * count)
    for (let p = 0; p < count; p++) for (let s = 0; s < nodes.length; s++) w[s * count + p] = vectors[p * nodes.length + s]! / Math.sqrt(values[p]!)
    counts.push(count)
    whitening.push(w)
  }
  return { boxSize, radius, maxFrequency, order: counts.length - 1, counts, nodes, rootWeights, whitening, ...coefficientLayout(counts) }
}

/** Offsets of the blocks of a coefficient vector and its length. */
export function coefficientLayout(counts: readonly number[]): { offsets: number[]; length: number } {
  const offsets: number[] = []
  let length = 0
  counts.forEach((count, m) => {
    offsets.push(length)
    length += m === 0 ? count : 2 * count
  })
  return { offsets, length }
}

interface RadialSamples {
  readonly nodes: Float64Array
  readonly rootWeights: Float64Array
  readonly radius: number
}

// How many pixels lie at each squared distance from the centre, inside the disc.
function rings(radius: number): Map<number, number> {
  const counts = new Map<number, number>()
  const most = Math.floor(radius)
  for (let y = -most; y <= most; y++) {
    for (let x = -most; x <= most; x++) {
      const r2 = x * x + y * y
      if (r2 <= radius * radius) counts.set(r2, (counts.get(r2) ?? 0) + 1)
    }
  }
  return counts
}

// C_m(s,s') = sum over disc pixels of T_ms conj T_ms', T the pixel -> polar map: covariance of unit white noise.
function noiseGram(rows: RadialSamples, order: number): Float64Array[] {
  const out = crossGram(rows, rows, order)
  const n = rows.nodes.length
  for (const gram of out) for (let s = 0; s < n; s++) for (let t = 0; t < s; t++) gram[s * n + t] = gram[t * n + s]!
  return out
}

function firstAbove(values: readonly Float64Array[], m: number): number {
  const found = values.findIndex((at) => Math.abs(at[m]!) > 1e-20)
  return found < 0 ? values.length : found
}

// Of one set of samples with itself only the upper triangle.
function crossGram(a: RadialSamples, b: RadialSamples, order: number): Float64Array[] {
  const na = a.nodes.length
  const nb = b.nodes.length
  const out = Array.from({ length: order + 1 }, () => new Float64Array(na * nb))
  for (const [r2, count] of rings(Math.min(a.radius, b.radius))) {
    const r = Math.sqrt(r2)
    const ja = Array.from(a.nodes, (kappa) => besselJ(order, kappa * r))
    const jb = a === b ? ja : Array.from(b.nodes, (kappa) => besselJ(order, kappa * r))
    // Below its order's turning point a Bessel function vanishes: nodes before the first that counts are left out.
    const firstA = new Int32Array(order + 1).map((_, m) => firstAbove(ja, m))
    const firstB = a === b ? firstA : new Int32Array(order + 1).map((_, m) => firstAbove(jb, m))
    for (let m = 0; m <= order && firstA[m]! < na; m++) {
      const target = out[m]!
      for (let s = firstA[m]!; s < na; s++) {
        const left = count * a.rootWeights[s]! * ja[s]![m]!
        for (let t = a === b ? s : firstB[m]!; t < nb; t++) target[s * nb + t]! += left * b.rootWeights[t]! * jb[t]![m]!
      }
    }
  }
  return out
}

/**
 * Coefficients of `low` from those of `full` (same box; low.maxFrequency <= full.maxFrequency): per m a real matrix
 * P_m (low.counts[m] x full.counts[m], row-major) with orthonormal rows, so that white noise stays white.
 * `P_m = W_low^T C(low, full) W_full`, then orthonormalised; exact for images on the disc up to the functions that
 * `full` drops as unconcentrated.
 */
export function bandProjection(low: SteerableBasis, full: SteerableBasis): Float64Array[] {
  const order = Math.min(low.order, full.order)
  const gram = crossGram(low, full, order)
  const out: Float64Array[] = []
  for (let m = 0; m <= order; m++) {
    const rows = low.counts[m]!
    const columns = full.counts[m]!
    const p = new Float64Array(rows * columns)
    for (let s = 0; s < low.nodes.length; s++) {
      const half = new Float64Array(columns)
      for (let t = 0; t < full.nodes.length; t++) {
        const c = gram[m]![s * full.nodes.length + t]!
        for (let j = 0; j < columns; j++) half[j]! += c * full.whitening[m]![t * columns + j]!
      }
      for (let i = 0; i < rows; i++) {
        const w = low.whitening[m]![s * rows + i]!
        for (let j = 0; j < columns; j++) p[i * columns + j]! += w * half[j]!
      }
    }
    out.push(orthonormalRows(p, rows, columns))
  }
  return out
}

// (P P^T)^(-1/2) P, the nearest matrix with orthonormal rows; rows that carry nothing are dropped to zero.
function orthonormalRows(p: Float64Array, rows: number, columns: number): Float64Array {
  const square = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < rows; k++) {
      let sum = 0
      for (let j = 0; j < columns; j++) sum += p[i * columns + j]! * p[k * columns + j]!
      square[i * rows + k] = sum
    }
  }
  const { values, vectors } = symmetricEigen(square, rows)
  const out = new Float64Array(rows * columns)
  for (let e = 0; e < rows; e++) {
    if (values[e]! < 1e-6) continue
    const scale = 1 / Math.sqrt(values[e]!)
    const row = new Float64Array(columns)
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) row[j]! += scale * vectors[e * rows + i]! * p[i * columns + j]!
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j]! += vectors[e * rows + i]! * row[j]!
  }
  return out
}

/** Radial profiles g_mp at the given radii (voxels): per m, counts[m] x radii.length, row-major. */
export function radialProfiles(basis: SteerableBasis, radii: Float64Array): Float64Array[] {
  const out = basis.counts.map((count) => new Float64Array(count * radii.length))
  radii.forEach((r, i) => {
    const bessel = Array.from(basis.nodes, (kappa) => besselJ(basis.order, kappa * r))
    basis.counts.forEach((count, m) => {
      for (let s = 0; s < basis.nodes.length; s++) {
        const value = basis.rootWeights[s]! * bessel[s]![m]!
        for (let p = 0; p < count; p++) out[m]![p * radii.length + i]! += basis.whitening[m]![s * count + p]! * value
      }
    })
  })
  return out
}

/**
 * Coefficient vector of one image (boxSize x boxSize), by the plain sum over the disc: the reference for the fast
 * transform. Shape: basis.length.
 */
export function expandImage(basis: SteerableBasis, image: ArrayLike<number>): Float64Array {
  const n = basis.boxSize
  const centre = Math.floor(n / 2)
  const squared = [...rings(basis.radius).keys()]
  const index = new Map(squared.map((r2, i) => [r2, i]))
  const profiles = radialProfiles(basis, Float64Array.from(squared, Math.sqrt))
  const out = new Float64Array(basis.length)
  const most = Math.floor(basis.radius)
  for (let y = -most; y <= most; y++) {
    for (let x = -most; x <= most; x++) {
      const ring = index.get(x * x + y * y)
      if (ring === undefined) continue
      const value = image[(y + centre) * n + x + centre]!
      const phi = Math.atan2(y, x)
      basis.counts.forEach((count, m) => {
        // (-i)^m exp(-i m phi)
        const angle = -m * (phi + Math.PI / 2)
        const re = Math.cos(angle)
        const im = Math.sin(angle)
        for (let p = 0; p < count; p++) {
          const g = value * profiles[m]![p * squared.length + ring]!
          out[basis.offsets[m]! + p]! += g * re
          if (m > 0) out[basis.offsets[m]! + count + p]! += g * im
        }
      })
    }
  }
  return out
}
