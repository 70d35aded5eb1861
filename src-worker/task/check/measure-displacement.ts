import { ballTransform, type Location } from './locate-particle.ts'
import type { SampleTransforms } from './sample-transforms.ts'

/** How far particles sit from where the mean has them. */
export interface Displacement {
  /** Root mean square over the particles, both axes together, pixels of the working box; 0 where noise explains all. */
  readonly rms: number
  /** Standard error of the mean square, pixels^2. */
  readonly error: number
}

/** How much larger than the best ball the particle is taken to be: only the lowest frequencies are free of its shape. */
const LARGER = 1.25
/** Points where the ball's transform is smaller than this tell nothing. */
const SMALLEST = 0.05

/**
 * Spread of the particles' positions: a displacement t turns the transform by exp(-i k.t), so the imaginary part at low
 * frequency, against the amplitude of the mean, measures k.t. Its variance beyond the noise's is the mean square
 * displacement; where particles scatter widely the amplitude falls and the estimate grows the more. A particle whose
 * centre of mass is off its own centre, or that is far from round, shows some displacement too.
 */
export function measureDisplacement(sample: SampleTransforms, location: Location): Displacement {
  const { points, count, re, im, ctf, noise, power } = sample
  const { box } = points
  const length = points.h.length
  const sign = Math.sign(location.significance)
  const template = Float64Array.from(points.radius, (radius) => ballTransform((2 * Math.PI * radius * location.radius * LARGER) / box))
  const used = [...template.keys()].filter((p) => template[p]! > SMALLEST)
  const unit = (2 * Math.PI) / box
  const turn = used.map((p) => unit * (points.h[p]! * location.x + points.k[p]! * location.y))
  let real = 0
  let expected = 0
  // For every particle and axis: what was measured, what one pixel would give, and the noise in it.
  const sums = new Float64Array(2 * count)
  const own = new Float64Array(2 * count)
  const noisy = new Float64Array(2 * count)
  for (let i = 0; i < count; i++) {
    for (let u = 0; u < used.length; u++) {
      const p = used[u]!
      const h = ctf ? ctf[i * (points.shells + 1) + points.shell[p]!]! : 1
      const [c, s] = [Math.cos(turn[u]!), Math.sin(turn[u]!)]
      const a = re[i * length + p]! * c - im[i * length + p]! * s
      const b = re[i * length + p]! * s + im[i * length + p]! * c
      const factor = (h * template[p]!) / power[p]!
      real += factor * a
      expected += factor * h * template[p]!
      for (const [axis, frequency] of [[0, unit * points.h[p]!], [1, unit * points.k[p]!]] as const) {
        const at = 2 * i + axis
        sums[at]! -= factor * b * frequency
        own[at]! += factor * h * template[p]! * frequency ** 2
        noisy[at]! += (factor * frequency) ** 2 * (noise[p]! / 2)
      }
    }
  }
  const amplitude = (sign * real) / expected
  if (!(amplitude > 0)) return { rms: 0, error: Infinity }
  // Weighted by how well each particle's displacement is known.
  let total = 0
  let weight = 0
  for (let at = 0; at < sums.length; at++) {
    if (!(own[at]! > 0)) continue
    const scale = amplitude * own[at]!
    const variance = noisy[at]! / scale ** 2
    total += ((sums[at]! / scale) ** 2 - variance) / variance ** 2
    weight += 1 / variance ** 2
  }
  if (weight === 0) return { rms: 0, error: Infinity }
  return { rms: Math.sqrt(Math.max(0, (2 * total) / weight)), error: 2 * Math.sqrt(2 / weight) }
}
