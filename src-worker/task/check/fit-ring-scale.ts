import { ctfParametersOf, type Particles } from '#core/format/particles.ts'
import { ctf, radialCtfAt } from '#core/optics/ctf.ts'
import type { SampleTransforms } from './sample-transforms.ts'

/** How well the rings of the CTFs fit the images, at the pixel size stated and at others. */
export interface RingFit {
  /** Standard errors by which rings are seen at the pixel size stated. */
  readonly stated: number
  /** The factor on the pixel size that fits best, and its standard errors. */
  readonly best: number
  readonly significance: number
  /** Whether pixel sizes 15 percent off fit clearly worse: at low resolution all fit alike. */
  readonly decides: boolean
}

const STEPS = 56
const WIDEST = 2
const CLEARLY = 25
/** Standard errors of a shell's mean power above the noise from which on it is used. */
const SEEN = 3

/**
 * Images of different defocus have their power in different places. The log-likelihood of every shell's power (gamma
 * distributed about noise + signal CTF^2, the signal of a shell common to all images) is compared with that of one mean
 * power for all, for the pixel size stated and for others. Views differ in their power too: the likelihood is divided by
 * the dispersion that is left (quasi-likelihood, Wedderburn 1974). Squares of the numbers given are twice its differences.
 */
export function fitRingScale(sample: SampleTransforms, particles: Particles, rows: readonly number[]): RingFit {
  const { points, count } = sample
  const { shells, box } = points
  const { power, mean, numbers } = shellPowers(sample)
  const functions = rows.map((row) => ctf(ctfParametersOf(particles, row)!))
  const squares = new Float64Array(count)
  const gain = (scale: number): { readonly value: number; readonly dispersion: number } => {
    let [value, dispersion, terms] = [0, 0, 0]
    for (let shell = 2; shell <= shells; shell++) {
      const excess = mean[shell]! - 1
      if (excess * Math.sqrt(count * numbers[shell]!) < SEEN) continue
      const s = shell / (box * sample.pixelSize * scale)
      let average = 1e-9
      for (let i = 0; i < count; i++) average += (squares[i] = radialCtfAt(functions[i]!, s) ** 2) / count
      for (let i = 0; i < count; i++) {
        const found = power[i * (shells + 1) + shell]!
        const expected = 1 + (excess * squares[i]!) / average
        value += 2 * numbers[shell]! * (Math.log(mean[shell]! / expected) + found / mean[shell]! - found / expected)
        dispersion += numbers[shell]! * (found / expected - 1) ** 2
        terms++
      }
    }
    return { value, dispersion: terms > 0 ? Math.max(1, dispersion / terms) : 1 }
  }
  let best = { scale: 1, ...gain(1) }
  const stated = best.value
  for (let step = -STEPS; step <= STEPS; step++) {
    const scale = WIDEST ** (step / STEPS)
    const found = gain(scale)
    if (found.value > best.value) best = { scale, ...found }
  }
  const errors = (value: number): number => Math.sqrt(Math.max(0, value) / best.dispersion)
  const decides = [1 / 1.15, 1.15].every((factor) => (best.value - Math.max(0, gain(best.scale * factor).value)) / best.dispersion > CLEARLY)
  return { stated: errors(stated), best: best.scale, significance: errors(best.value), decides }
}

// Mean power over the noise of every image's shells, of all images' shells, and how many points they have.
function shellPowers({ points, count, re, im, noise }: SampleTransforms): { readonly power: Float64Array; readonly mean: Float64Array; readonly numbers: Float64Array } {
  const { shells, shell } = points
  const length = shell.length
  const numbers = new Float64Array(shells + 1)
  for (const at of shell) numbers[at]!++
  const power = new Float64Array(count * (shells + 1))
  const mean = new Float64Array(shells + 1)
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < length; p++) power[i * (shells + 1) + shell[p]!]! += (re[i * length + p]! ** 2 + im[i * length + p]! ** 2) / noise[p]! / numbers[shell[p]!]!
    for (let at = 1; at <= shells; at++) mean[at]! += power[i * (shells + 1) + at]! / count
  }
  return { power, mean, numbers }
}
