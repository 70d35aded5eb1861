import { ballTransform, type Location } from './locate-particle.ts'
import type { SampleTransforms } from './sample-transforms.ts'

/** How far particles sit from where the mean has them. */
export interface Displacement {
  /** Root mean square over the particles, both axes together, pixels of the working box; 0 where noise explains all. */
  readonly rms: number
  /** Standard error of the mean square, pixels^2. */
  readonly error: number
}

/**
 * Spread of the particles' positions: a displacement t turns the transform by exp(-i k.t), so the imaginary part at low
 * frequency, against the amplitude of the mean, measures k.t. Its variance beyond the noise's is the mean square
 * displacement; where particles scatter widely the amplitude falls and the estimate grows the more.
 */
export function measureDisplacement(sample: SampleTransforms, location: Location): Displacement {
  const { points, count, re, im, ctf, noise } = sample
  const { box } = points
  const length = points.h.length
  const sign = Math.sign(location.significance)
  const template = Float64Array.from(points.radius, (radius) => ballTransform((2 * Math.PI * radius * location.radius) / box))
  const used: number[] = []
  for (let p = 0; p < length; p++) if (template[p]! > 0.05) used.push(p)
  const unit = (2 * Math.PI) / box
  const turn = used.map((p) => unit * (points.h[p]! * location.x + points.k[p]! * location.y))
  // Two passes: the common amplitude, then every particle's own displacement in its units.
  let real = 0
  let expected = 0
  const sums = new Float64Array(2 * count)
  const own = new Float64Array(2 * count)
  const noisy = new Float64Array(2 * count)
  for (let i = 0; i < count; i++) {
    used.forEach((p, u) => {
      const h = ctf ? ctf[i * (points.shells + 1) + points.shell[p]!]! : 1
      const [c, s] = [Math.cos(turn[u]!), Math.sin(turn[u]!)]
      const a = re[i * length + p]! * c - im[i * length + p]! * s
      const b = re[i * length + p]! * s + im[i * length + p]! * c
      const factor = (h * template[p]!) / noise[p]!
      real += factor * a
      expected += factor * h * template[p]!
      const frequencies = [unit * points.h[p]!, unit * points.k[p]!] as const
      for (const axis of [0, 1] as const) {
        const at = 2 * i + axis
        sums[at]! -= factor * b * frequencies[axis]
        own[at]! += factor * h * template[p]! * frequencies[axis] ** 2
        noisy[at]! += (factor * frequencies[axis]) ** 2 * (noise[p]! / 2)
      }
    })
  }
  const amplitude = (sign * real) / expected
  if (!(amplitude > 0)) return { rms: 0, error: Infinity }
  // Weighted by how well each particle's displacement is known.
  let total = 0
  let weight = 0
  let squares = 0
  for (let at = 0; at < sums.length; at++) {
    const scale = amplitude * own[at]!
    const variance = noisy[at]! / scale ** 2
    const value = (sums[at]! / scale) ** 2 - variance
    const w = 1 / variance ** 2
    total += w * value
    weight += w
    squares += w * w * 2 * variance ** 2
  }
  const meanSquare = (2 * total) / weight
  return { rms: Math.sqrt(Math.max(0, meanSquare)), error: (2 * Math.sqrt(squares)) / weight }
}
