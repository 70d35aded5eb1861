import { fft2 } from '#core/math/fft.ts'
import type { SampleTransforms } from './sample-transforms.ts'

/** Where the mean of the images has its particle, and whether that is light or dark. */
export interface Location {
  /** From the box centre, pixels of the working box. */
  readonly x: number
  readonly y: number
  /** Signed height of the peak over its standard error: positive for light protein. */
  readonly significance: number
  /** The ball that fits best, pixels of the working box. */
  readonly radius: number
  /** Amplitude of the ball in the mean, in units of the template. */
  readonly amplitude: number
}

/** Radii of the balls that are tried, in parts of the box. */
const RADII = [0.12, 0.18, 0.25, 0.33, 0.42]
/** First zero of the ball's transform: beyond it a particle's sign is anyone's guess. */
const MAIN_LOBE = 4.4934

/** The transform of a ball's projection, 1 at zero: 3 (sin x - x cos x) / x^3 up to its first zero, 0 beyond. */
export function ballTransform(x: number): number {
  if (x >= MAIN_LOBE) return 0
  return x < 1e-3 ? 1 : (3 * (Math.sin(x) - x * Math.cos(x))) / x ** 3
}

/**
 * Correlates the CTF-corrected mean image with balls (only the frequencies where a ball is positive: there every compact
 * particle is). A particle of either sign gives the largest peak in size where it is; the images' own spectrum weighs.
 */
export function locateParticle(sample: SampleTransforms): Location {
  const { points, count } = sample
  const { box } = points
  const length = points.h.length
  const { re, im, weight } = weightedMean(sample)
  let best: Location = { x: 0, y: 0, significance: 0, radius: RADII[2]! * box, amplitude: 0 }
  for (const part of RADII) {
    const radius = part * box
    const mapRe = new Float64Array(box * box)
    const mapIm = new Float64Array(box * box)
    let variance = 0
    let norm = 0
    for (let p = 0; p < length; p++) {
      const template = ballTransform((2 * Math.PI * points.radius[p]! * radius) / box)
      if (template === 0) continue
      const factor = template / sample.power[p]!
      const at = ((points.k[p]! + box) % box) * box + ((points.h[p]! + box) % box)
      mapRe[at] = factor * re[p]!
      mapIm[at] = factor * im[p]!
      // Real part of a noisy point has half its power; the sum below is over half of the plane, doubled.
      variance += (factor * factor * weight[p]! * sample.power[p]!) / 2
      norm += factor * template * weight[p]!
    }
    variance /= count
    fft2(mapRe, mapIm, box, 'inverse')
    const error = Math.sqrt(variance) / (box * box)
    let place = 0
    for (let p = 0; p < mapRe.length; p++) if (Math.abs(mapRe[p]!) > Math.abs(mapRe[place]!)) place = p
    const significance = mapRe[place]! / error
    if (Math.abs(significance) <= Math.abs(best.significance)) continue
    const [x, y] = [place % box, Math.floor(place / box)]
    best = { x: signed(x, box), y: signed(y, box), significance, radius, amplitude: (mapRe[place]! * box * box) / norm }
  }
  return best
}

// Mean over the images of h y, and of h^2, at every point.
function weightedMean({ points, count, re, im, ctf }: SampleTransforms): { re: Float64Array; im: Float64Array; weight: Float64Array } {
  const length = points.h.length
  const mean = { re: new Float64Array(length), im: new Float64Array(length), weight: new Float64Array(length) }
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < length; p++) {
      const h = ctf ? ctf[i * (points.shells + 1) + points.shell[p]!]! : 1
      mean.re[p]! += (h * re[i * length + p]!) / count
      mean.im[p]! += (h * im[i * length + p]!) / count
      mean.weight[p]! += (h * h) / count
    }
  }
  return mean
}

function signed(index: number, box: number): number {
  return index < box / 2 ? index : index - box
}
