import type { SteerableBasis } from '../basis/steerable.ts'
import { requireInput } from '../error.ts'
import type { Random } from '../random.ts'
import { addThirdBias, thirdPairs, type ComplexBlock } from './component-moments.ts'
import { emptySums, type MomentSums } from './moment-sums.ts'

export interface MomentSimulation {
  readonly basis: SteerableBasis
  /** Coefficient vectors of clean projections, one row (basis.length) per direction. */
  readonly signals: Float32Array
  /** How many of the images look along each direction (multinomial counts); their sum is N. */
  readonly occupancy: Float64Array
  /** White-noise variance per pixel. */
  readonly noiseVariance: number
  /** Third-moment basis and projection, when the third moment is wanted; its clean sums where `cleanThird` was done faster. */
  readonly third?: { readonly basis: SteerableBasis; readonly projection: readonly Float64Array[]; readonly clean?: readonly ComplexBlock[] }
}

/**
 * Moment sums of N noisy images without making the images. In-plane rotation drops out of every block, so the signal
 * part needs only how often each direction occurs. The sums of y and of y y^* are exact in distribution: given the
 * signals S (D x N), `(S+E)(S+E)^*` has the law of `(L+E1)(L+E1)^* + W`, `L L^* = S S^*`, W a central Wishart of
 * N - D degrees (Bartlett); for m = 0 the direction of the mean is split off first, so M1 and M2 are jointly exact.
 * Third moments get Gaussian noise of covariance V x V x V, V = B + sigma^2 I (central limit; correlation with M2's
 * noise is left out). Orders are independent, as for noise on a disc. Pixel sums stay zero.
 * Source: derived and checked against brute force in test/core/moments/simulate-moments.test.ts.
 */
export function simulateMomentSums(simulation: MomentSimulation, random: Random): MomentSums {
  const { basis, signals, occupancy, noiseVariance, third } = simulation
  const total = occupancy.reduce((sum, n) => sum + n, 0)
  const widest = Math.max(...basis.counts)
  requireInput(total >= 2 * widest + 2, () => `a moments-only simulation needs at least ${2 * widest + 2} images at this band, found ${total}`)
  const sums = emptySums(basis, third?.basis.counts)
  sums.imageCount = total
  const sigma = Math.sqrt(noiseVariance)
  basis.counts.forEach((d, m) => {
    const clean = signalSecond(simulation, m)
    if (m > 0) {
      copyInto(sums.second[m]!, noncentralWishart(clean, { size: d, degrees: total, sigma, real: false }, random))
      return
    }
    const mean = signalFirst(simulation)
    const along = mean.map((x) => x / Math.sqrt(total) + sigma * random.normal())
    for (let p = 0; p < d; p++) for (let q = 0; q < d; q++) clean.re[p * d + q]! -= (mean[p]! * mean[q]!) / total
    const rest = noncentralWishart(clean, { size: d, degrees: total - 1, sigma, real: true }, random)
    for (let p = 0; p < d; p++) {
      sums.first[p] = Math.sqrt(total) * along[p]!
      for (let q = 0; q < d; q++) rest.re[p * d + q]! += along[p]! * along[q]!
    }
    copyInto(sums.second[0]!, rest)
  })
  if (third) addThirdMoments(simulation, sums, random)
  return sums

  function signalFirst({ basis: { counts, length } }: MomentSimulation): Float64Array {
    const out = new Float64Array(counts[0]!)
    for (let j = 0; j < occupancy.length; j++) if (occupancy[j]! > 0) for (let p = 0; p < out.length; p++) out[p]! += occupancy[j]! * signals[j * length + p]!
    return out
  }
}

function copyInto(target: ComplexBlock, source: ComplexBlock): void {
  target.re.set(source.re)
  target.im.set(source.im)
}

function signalSecond({ basis, signals, occupancy }: MomentSimulation, m: number): ComplexBlock {
  const d = basis.counts[m]!
  const re = new Float64Array(d * d)
  const im = new Float64Array(d * d)
  for (let j = 0; j < occupancy.length; j++) {
    const n = occupancy[j]!
    if (n === 0) continue
    const at = j * basis.length + basis.offsets[m]!
    for (let p = 0; p < d; p++) {
      const pr = n * signals[at + p]!
      const pi = m === 0 ? 0 : n * signals[at + d + p]!
      for (let q = 0; q < d; q++) {
        const qr = signals[at + q]!
        const qi = m === 0 ? 0 : signals[at + d + q]!
        re[p * d + q]! += pr * qr + pi * qi
        im[p * d + q]! += pi * qr - pr * qi
      }
    }
  }
  return { re, im }
}

interface WishartShape {
  readonly size: number
  readonly degrees: number
  readonly sigma: number
  readonly real: boolean
}

// (L + sigma E)(L + sigma E)^* + sigma^2 W(degrees - size), with L L^* the signal part.
function noncentralWishart(signal: ComplexBlock, shape: WishartShape, random: Random): ComplexBlock {
  const { size, degrees, sigma, real } = shape
  const factor = choleskyFactor(signal, size)
  const unit = real ? 1 : Math.SQRT1_2
  for (let i = 0; i < size * size; i++) {
    factor.re[i]! += sigma * unit * random.normal()
    if (!real) factor.im[i]! += sigma * unit * random.normal()
  }
  const bartlett = { re: new Float64Array(size * size), im: new Float64Array(size * size) }
  for (let i = 0; i < size; i++) {
    const free = degrees - size - i
    bartlett.re[i * size + i] = sigma * Math.sqrt(real ? 2 * random.gamma(free / 2) : random.gamma(free))
    for (let j = 0; j < i; j++) {
      bartlett.re[i * size + j] = sigma * unit * random.normal()
      if (!real) bartlett.im[i * size + j] = sigma * unit * random.normal()
    }
  }
  const out = gram(factor, size)
  const noise = gram(bartlett, size)
  out.re.forEach((_, i) => {
    out.re[i]! += noise.re[i]!
    out.im[i]! += noise.im[i]!
  })
  return out
}

/** Lower-triangular L with L L^* = A for a Hermitian positive semidefinite A (pivots that vanish give zero columns). */
export function choleskyFactor(a: ComplexBlock, size: number): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(size * size)
  const im = new Float64Array(size * size)
  let trace = 0
  for (let i = 0; i < size; i++) trace += a.re[i * size + i]!
  for (let j = 0; j < size; j++) {
    let pivot = a.re[j * size + j]!
    for (let k = 0; k < j; k++) pivot -= re[j * size + k]! ** 2 + im[j * size + k]! ** 2
    if (pivot <= 1e-13 * trace) continue
    const root = Math.sqrt(pivot)
    re[j * size + j] = root
    for (let i = j + 1; i < size; i++) {
      let x = a.re[i * size + j]!
      let y = a.im[i * size + j]!
      for (let k = 0; k < j; k++) {
        const [ar, ai, br, bi] = [re[i * size + k]!, im[i * size + k]!, re[j * size + k]!, im[j * size + k]!]
        x -= ar * br + ai * bi
        y -= ai * br - ar * bi
      }
      re[i * size + j] = x / root
      im[i * size + j] = y / root
    }
  }
  return { re, im }
}

function gram(x: ComplexBlock, size: number): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(size * size)
  const im = new Float64Array(size * size)
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < size; q++) {
      for (let k = 0; k < size; k++) {
        const [ar, ai, br, bi] = [x.re[p * size + k]!, x.im[p * size + k]!, x.re[q * size + k]!, x.im[q * size + k]!]
        re[p * size + q]! += ar * br + ai * bi
        im[p * size + q]! += ai * br - ar * bi
      }
    }
  }
  return { re, im }
}

function addThirdMoments(simulation: MomentSimulation, sums: MomentSums, random: Random): void {
  const { noiseVariance } = simulation
  const { basis, projection } = simulation.third!
  const { counts } = basis
  const total = sums.imageCount
  const clean = simulation.third!.clean ?? cleanThird(simulation)
  // The noise terms go with the noisy first moment, which is what will be taken off again.
  const full = simulation.basis.counts[0]!
  const first = Float64Array.from({ length: counts[0]! }, (_, p) => sums.first.reduce((sum, value, a) => sum + projection[0]![p * full + a]! * value, 0))
  // Covariance of one image's coefficients, per order.
  const factors = counts.map((d, m) => {
    const full = simulation.basis.counts[m]!
    const covariance = { re: project(sums.second[m]!.re, projection[m]!, d, full), im: project(sums.second[m]!.im, projection[m]!, d, full) }
    return choleskyFactor({ re: covariance.re.map((x) => x / total), im: covariance.im.map((x) => x / total) }, d)
  })
  thirdPairs(counts.length - 1).forEach((pair, index) => {
    const { i, j } = pair
    const block = sums.third[index]!
    const [a, b, c] = [counts[i]!, counts[j]!, counts[i + j]!]
    block.re.set(clean[index]!.re)
    block.im.set(clean[index]!.im)
    addThirdBias(block, pair, { counts, first, scale: noiseVariance })
    const noise = colour(symmetricNoise(pair, [a, b, c], random), [factors[i]!, factors[j]!, factors[i + j]!], [a, b, c])
    const scale = Math.sqrt(total)
    for (let e = 0; e < a * b * c; e++) {
      block.re[e]! += scale * noise.re[e]!
      block.im[e]! += scale * noise.im[e]!
    }
  })
}

/** Clean sums `sum n u_i (x) u_j (x) conj u_{i+j}` over the directions, by plain loops: the reference for the fast ones. */
export function cleanThird(simulation: MomentSimulation): ComplexBlock[] {
  const { occupancy } = simulation
  const { counts } = simulation.third!.basis
  const narrow = projectSignals(simulation)
  return thirdPairs(counts.length - 1).map(({ i, j }) => {
    const [a, b, c] = [counts[i]!, counts[j]!, counts[i + j]!]
    const block = { re: new Float64Array(a * b * c), im: new Float64Array(a * b * c) }
    for (let view = 0; view < occupancy.length; view++) {
      const n = occupancy[view]!
      if (n === 0) continue
      for (let p = 0; p < a; p++) {
        for (let q = 0; q < b; q++) {
          const [xr, xi, yr, yi] = [narrow[i]!.re[view * a + p]!, narrow[i]!.im[view * a + p]!, narrow[j]!.re[view * b + q]!, narrow[j]!.im[view * b + q]!]
          const re = n * (xr * yr - xi * yi)
          const im = n * (xr * yi + xi * yr)
          for (let r = 0; r < c; r++) {
            const [wr, wi] = [narrow[i + j]!.re[view * c + r]!, narrow[i + j]!.im[view * c + r]!]
            block.re[(p * b + q) * c + r]! += re * wr + im * wi
            block.im[(p * b + q) * c + r]! += im * wr - re * wi
          }
        }
      }
    }
    return block
  })
}

function projectSignals({ basis, signals, occupancy, third }: MomentSimulation): ComplexBlock[] {
  return third!.basis.counts.map((d, m) => {
    const full = basis.counts[m]!
    const p = third!.projection[m]!
    const re = new Float64Array(occupancy.length * d)
    const im = new Float64Array(occupancy.length * d)
    for (let j = 0; j < occupancy.length; j++) {
      const at = j * basis.length + basis.offsets[m]!
      for (let a = 0; a < d; a++) {
        for (let k = 0; k < full; k++) {
          re[j * d + a]! += p[a * full + k]! * signals[at + k]!
          if (m > 0) im[j * d + a]! += p[a * full + k]! * signals[at + full + k]!
        }
      }
    }
    return { re, im }
  })
}

// P S P^T
function project(s: Float64Array, p: Float64Array, rows: number, full: number): Float64Array {
  const out = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    const half = new Float64Array(full)
    for (let a = 0; a < full; a++) for (let b = 0; b < full; b++) half[b]! += p[i * full + a]! * s[a * full + b]!
    for (let j = 0; j < rows; j++) for (let b = 0; b < full; b++) out[i * rows + j]! += half[b]! * p[j * full + b]!
  }
  return out
}

// Unit noise with the symmetries of the block: real and symmetric (0,0), Hermitian in the last two (0,j), symmetric in
// the first two (i,i).
function symmetricNoise({ i, j }: { i: number; j: number }, [a, b, c]: readonly [number, number, number], random: Random): { re: Float64Array; im: Float64Array } {
  const size = a * b * c
  const raw = { re: Float64Array.from({ length: size }, () => random.normal()), im: Float64Array.from({ length: size }, () => random.normal()) }
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  const at = (p: number, q: number, r: number): number => (p * b + q) * c + r
  for (let p = 0; p < a; p++) {
    for (let q = 0; q < b; q++) {
      for (let r = 0; r < c; r++) {
        const e = at(p, q, r)
        if (i === 0 && j === 0) {
          re[e] = (raw.re[e]! + raw.re[at(q, p, r)]! + raw.re[at(r, q, p)]! + raw.re[at(p, r, q)]! + raw.re[at(q, r, p)]! + raw.re[at(r, p, q)]!) / Math.sqrt(6)
        } else if (i === 0) {
          re[e] = (raw.re[e]! + raw.re[at(p, r, q)]!) / 2
          im[e] = (raw.im[e]! - raw.im[at(p, r, q)]!) / 2
        } else if (i === j) {
          re[e] = (raw.re[e]! + raw.re[at(q, p, r)]!) / 2
          im[e] = (raw.im[e]! + raw.im[at(q, p, r)]!) / 2
        } else {
          re[e] = raw.re[e]! * Math.SQRT1_2
          im[e] = raw.im[e]! * Math.SQRT1_2
        }
      }
    }
  }
  return { re, im }
}

// L_i (x) L_j (x) conj L_k applied to the noise.
function colour(noise: ComplexBlock, factors: readonly [ComplexBlock, ComplexBlock, ComplexBlock], [a, b, c]: readonly [number, number, number]): ComplexBlock {
  let { re, im } = noise
  const strides: readonly (readonly [number, number, number])[] = [
    [a, b * c, 1],
    [b, c, 1],
    [c, 1, -1],
  ]
  strides.forEach(([size, stride, conjugate], axis) => {
    const l = factors[axis]!
    const nextRe = new Float64Array(re.length)
    const nextIm = new Float64Array(im.length)
    for (let e = 0; e < re.length; e++) {
      const index = Math.floor(e / stride) % size
      for (let to = index; to < size; to++) {
        const lr = l.re[to * size + index]!
        const li = conjugate * l.im[to * size + index]!
        const at = e + (to - index) * stride
        nextRe[at]! += lr * re[e]! - li * im[e]!
        nextIm[at]! += lr * im[e]! + li * re[e]!
      }
    }
    re = nextRe
    im = nextIm
  })
  return { re, im }
}
