import { requireInput } from '../error.ts'

/**
 * Wigner small-d matrices d^l(beta) = <l m| exp(-i beta J_y) |l m'> for every l from 0 to degree.
 * **Shape**: element [l] is row-major (2l + 1)^2, index (m + l)(2l + 1) + (m' + l).
 * **Source**: three-term recurrence in l at fixed m, m' (Varshalovich et al. 1988, 4.8.2), upward from
 * d^m_{m m'} = sqrt(binomial(2m, m + m')) cos(beta/2)^(m + m') (-sin(beta/2))^(m - m'), m >= |m'|; upward is the stable
 * direction. The rest by d_{m m'} = (-1)^(m - m') d_{m' m} = d_{-m' -m}.
 */
export function wignerSmallDs(degree: number, beta: number): Float64Array[] {
  requireInput(Number.isInteger(degree) && degree >= 0, () => `a Wigner degree is a whole number, at least 0, found ${degree}`)
  const matrices = Array.from({ length: degree + 1 }, (_, l) => new Float64Array((2 * l + 1) ** 2))
  const x = Math.cos(beta)
  const cosine = Math.cos(beta / 2)
  const sine = Math.sin(beta / 2)
  for (let m = 0; m <= degree; m++) {
    let binomial = 1
    for (let n = m; n >= -m; n--) {
      // binomial = C(2m, m - n), built up as n falls from m
      if (n < m) binomial *= (m + n + 1) / (m - n)
      let last = Math.sqrt(binomial) * cosine ** (m + n) * (-sine) ** (m - n)
      let before = 0
      place(matrices[m]!, m, m, n, last)
      for (let l = m; l < degree; l++) {
        const scale = ((l + 1) * (2 * l + 1)) / Math.sqrt(((l + 1) ** 2 - m * m) * ((l + 1) ** 2 - n * n))
        const shifted = l === 0 ? x : x - (m * n) / (l * (l + 1))
        const back = l === 0 ? 0 : Math.sqrt((l * l - m * m) * (l * l - n * n)) / (l * (2 * l + 1))
        const next = scale * (shifted * last - back * before)
        before = last
        last = next
        place(matrices[l + 1]!, l + 1, m, n, next)
      }
    }
  }
  return matrices
}

/** The one matrix d^l(beta) of `wignerSmallDs`. */
export function wignerSmallD(l: number, beta: number): Float64Array {
  return wignerSmallDs(l, beta)[l]!
}

/**
 * Wigner D^l_{m m'}(alpha, beta, gamma) = exp(-i m alpha) d^l_{m m'}(beta) exp(-i m' gamma). With
 * R = Rz(alpha) Ry(beta) Rz(gamma): Y_l^{m'}(R^T x) = sum_m D^l_{m m'} Y_l^m(x).
 * **Shape**: re and im, row-major (2l + 1)^2 as `wignerSmallD`.
 */
export function wignerD(l: number, alpha: number, beta: number, gamma: number): { re: Float64Array; im: Float64Array } {
  const re = wignerSmallD(l, beta)
  const im = new Float64Array(re.length)
  const width = 2 * l + 1
  for (let m = -l; m <= l; m++) {
    for (let n = -l; n <= l; n++) {
      const index = (m + l) * width + n + l
      const value = re[index]!
      const angle = -(m * alpha + n * gamma)
      re[index] = value * Math.cos(angle)
      im[index] = value * Math.sin(angle)
    }
  }
  return { re, im }
}

function place(matrix: Float64Array, l: number, m: number, n: number, value: number): void {
  const width = 2 * l + 1
  const sign = (m - n) % 2 === 0 ? 1 : -1
  matrix[(m + l) * width + n + l] = value
  matrix[(n + l) * width + m + l] = sign * value
  matrix[(-n + l) * width - m + l] = value
  matrix[(-m + l) * width - n + l] = sign * value
}
