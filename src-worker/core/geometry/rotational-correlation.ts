import { fft2 } from '../math/fft.ts'
import { gaussLegendre } from '../math/gauss-quadrature.ts'
import { normalizedLegendre } from '../math/legendre.ts'
import { rotationAngle, rotationFromEuler, transposeRotation, type Rotation } from './rotation.ts'
import { wignerSmallDs } from './wigner.ts'

/** Complex spherical-harmonic coefficients of functions on shells: re and im, index (l^2 + l + m) shells + shell. */
export interface ShellHarmonics {
  readonly degree: number
  readonly shells: number
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Directions at which `expandShells` wants its functions: Gauss-Legendre in z by uniform azimuths. Shape: 3 per direction. */
export function shellDirections(degree: number): Float64Array {
  const { nodes } = gaussLegendre(degree + 4)
  const turns = 2 * degree + 8
  const directions = new Float64Array(3 * nodes.length * turns)
  nodes.forEach((z, i) => {
    const across = Math.sqrt(1 - z * z)
    for (let j = 0; j < turns; j++) {
      const azimuth = (2 * Math.PI * j) / turns
      directions.set([across * Math.cos(azimuth), across * Math.sin(azimuth), z], 3 * (i * turns + j))
    }
  })
  return directions
}

/** Coefficients `a_lm = integral f conj(Y_l^m)` of each shell; values are shell by shell over `shellDirections(degree)`. */
export function expandShells(degree: number, valuesRe: Float64Array, valuesIm: Float64Array): ShellHarmonics {
  const { nodes, weights } = gaussLegendre(degree + 4)
  const turns = 2 * degree + 8
  const shells = valuesRe.length / (nodes.length * turns)
  const re = new Float64Array((degree + 1) ** 2 * shells)
  const im = new Float64Array(re.length)
  for (let i = 0; i < nodes.length; i++) {
    const legendre = normalizedLegendre(degree, nodes[i]!)
    for (let m = -degree; m <= degree; m++) {
      const cosine = Float64Array.from({ length: turns }, (_, j) => Math.cos((2 * Math.PI * m * j) / turns))
      const sine = Float64Array.from({ length: turns }, (_, j) => -Math.sin((2 * Math.PI * m * j) / turns))
      const order = Math.abs(m)
      const sign = m < 0 && order % 2 === 1 ? -1 : 1
      for (let shell = 0; shell < shells; shell++) {
        const start = (shell * nodes.length + i) * turns
        let sumRe = 0
        let sumIm = 0
        for (let j = 0; j < turns; j++) {
          sumRe += valuesRe[start + j]! * cosine[j]! - valuesIm[start + j]! * sine[j]!
          sumIm += valuesRe[start + j]! * sine[j]! + valuesIm[start + j]! * cosine[j]!
        }
        const scale = (sign * weights[i]! * 2 * Math.PI) / turns
        for (let l = order; l <= degree; l++) {
          const factor = scale * legendre[(l * (l + 1)) / 2 + order]!
          const index = (l * l + l + m) * shells + shell
          re[index]! += factor * sumRe
          im[index]! += factor * sumIm
        }
      }
    }
  }
  return { degree, shells, re, im }
}

/** A rotation and how well it does. */
export interface RotationCandidate {
  readonly rotation: Rotation
  readonly value: number
}

/**
 * Rotations R that best bring `moving` onto `fixed`, `fixed(x) ~ moving(R^T x)`: local maxima of
 * `Re sum_l sum_mm' D^l_mm'(R) S^l_mm'`, `S^l_mm' = sum_s w_s conj(fixed_lm) moving_lm'`, on a grid of 2L + 4 beta
 * midpoints by one 2-D transform over (alpha, gamma) each; best first, at least `separation` radians apart.
 * `inverted` turns moving into moving(-x). l = 0 takes no part.
 * **Source**: Kovacs and Wriggers 2002, Acta Cryst. D58:1282, in the Wigner-d form.
 */
export function correlateRotations(fixed: ShellHarmonics, moving: ShellHarmonics, weights: ArrayLike<number>, options: { inverted?: boolean; count?: number; separation?: number } = {}): RotationCandidate[] {
  const { degree } = fixed
  const products = crossProducts(fixed, moving, weights, options.inverted ?? false)
  const betas = 2 * degree + 4
  const turns = 4 * Math.ceil((2 * degree + 3) / 4)
  const re = new Float64Array(turns * turns)
  const im = new Float64Array(turns * turns)
  const maxima: { value: number; alpha: number; beta: number; gamma: number }[] = []
  for (let b = 0; b < betas; b++) {
    const beta = (Math.PI * (b + 0.5)) / betas
    const small = wignerSmallDs(degree, beta)
    re.fill(0)
    im.fill(0)
    for (let l = 1; l <= degree; l++) {
      const width = 2 * l + 1
      const { re: sRe, im: sIm } = products[l]!
      for (let m = -l; m <= l; m++) {
        const row = ((m + turns) % turns) * turns
        for (let n = -l; n <= l; n++) {
          const index = (m + l) * width + n + l
          const target = row + ((n + turns) % turns)
          re[target]! += small[l]![index]! * sRe[index]!
          im[target]! += small[l]![index]! * sIm[index]!
        }
      }
    }
    fft2(re, im, turns)
    for (let i = 0; i < turns; i++) {
      for (let j = 0; j < turns; j++) {
        const value = re[i * turns + j]!
        if (isPeak(re, turns, i, j, value)) maxima.push({ value, alpha: (2 * Math.PI * i) / turns, beta, gamma: (2 * Math.PI * j) / turns })
      }
    }
  }
  maxima.sort((p, q) => q.value - p.value)
  const found: RotationCandidate[] = []
  for (const { value, alpha, beta, gamma } of maxima) {
    if (found.length >= (options.count ?? 10)) break
    const rotation = transposeRotation(rotationFromEuler(alpha, beta, gamma))
    if (found.every((other) => rotationAngle(other.rotation, rotation) > (options.separation ?? 0.2))) found.push({ rotation, value })
  }
  return found
}

function crossProducts(fixed: ShellHarmonics, moving: ShellHarmonics, weights: ArrayLike<number>, inverted: boolean): { re: Float64Array; im: Float64Array }[] {
  const { degree, shells } = fixed
  return Array.from({ length: degree + 1 }, (_, l) => {
    const width = 2 * l + 1
    const re = new Float64Array(width * width)
    const im = new Float64Array(width * width)
    const sign = inverted && l % 2 === 1 ? -1 : 1
    for (let m = 0; m < width; m++) {
      for (let n = 0; n < width; n++) {
        const f = (l * l + m) * shells
        const g = (l * l + n) * shells
        for (let s = 0; s < shells; s++) {
          const w = sign * weights[s]!
          re[m * width + n]! += w * (fixed.re[f + s]! * moving.re[g + s]! + fixed.im[f + s]! * moving.im[g + s]!)
          im[m * width + n]! += w * (fixed.re[f + s]! * moving.im[g + s]! - fixed.im[f + s]! * moving.re[g + s]!)
        }
      }
    }
    return { re, im }
  })
}

function isPeak(map: Float64Array, size: number, row: number, column: number, value: number): boolean {
  if (!(value > 0)) return false
  for (let i = -1; i <= 1; i++) {
    for (let j = -1; j <= 1; j++) {
      if (map[((row + i + size) % size) * size + ((column + j + size) % size)]! > value) return false
    }
  }
  return true
}
