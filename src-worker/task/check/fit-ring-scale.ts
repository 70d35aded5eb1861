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
const CLEARLY = 40

/**
 * Images of different defocus have their power in different places; correlating every shell's power over the images
 * with CTF^2 says whether it lies where the pixel size stated puts it. Power that all images share (the particle's own
 * spectrum, the noise) drops out.
 */
export function fitRingScale(sample: SampleTransforms, particles: Particles, rows: readonly number[]): RingFit {
  const { points, count, re, im, noise } = sample
  const { shells, box } = points
  const length = points.h.length
  const numbers = new Float64Array(shells + 1)
  for (const shell of points.shell) numbers[shell]!++
  const power = new Float64Array(count * (shells + 1))
  const mean = new Float64Array(shells + 1)
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < length; p++) power[i * (shells + 1) + points.shell[p]!]! += (re[i * length + p]! ** 2 + im[i * length + p]! ** 2) / noise[p]! / numbers[points.shell[p]!]!
    for (let shell = 1; shell <= shells; shell++) mean[shell]! += power[i * (shells + 1) + shell]! / count
  }
  const functions = rows.map((row) => ctf(ctfParametersOf(particles, row)!))
  const fitAt = (scale: number): number => {
    let [sum, variance] = [0, 0]
    const squares = new Float64Array(count)
    for (let shell = 2; shell <= shells; shell++) {
      const weight = Math.max(0, mean[shell]! - 1)
      if (weight === 0) continue
      const s = shell / (box * sample.pixelSize * scale)
      let average = 0
      for (let i = 0; i < count; i++) average += (squares[i] = radialCtfAt(functions[i]!, s) ** 2) / count
      for (let i = 0; i < count; i++) {
        const contrast = weight * (squares[i]! - average)
        sum += contrast * (power[i * (shells + 1) + shell]! - mean[shell]!)
        variance += (contrast * mean[shell]!) ** 2 / numbers[shell]!
      }
    }
    return variance > 0 ? sum / Math.sqrt(variance) : 0
  }
  const stated = fitAt(1)
  let best = 1
  let significance = stated
  for (let step = -STEPS; step <= STEPS; step++) {
    const scale = WIDEST ** (step / STEPS)
    const value = fitAt(scale)
    if (value > significance) [best, significance] = [scale, value]
  }
  const decides = [1 / 1.15, 1.15].every((scale) => significance ** 2 - Math.max(0, fitAt(best * scale)) ** 2 > CLEARLY)
  return { stated, best, significance, decides }
}
