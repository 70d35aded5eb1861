import { fft2 } from '#core/math/fft.ts'
import type { Location } from './locate-particle.ts'
import type { SampleTransforms } from './sample-transforms.ts'

/** How large the particle is, and how much of it the images show. */
export interface Extent {
  /** Pixels of the working box; `undefined` where there is too little signal to tell. */
  readonly diameter: number | undefined
  /** Signal power per pixel over noise power per pixel, over the whole box: E|I|^2 / (n^2 sigma^2). */
  readonly snr: number
  /** Signal over noise power in every shell of the working box (0 and up; below its error: 0). */
  readonly shellSnr: Float64Array
  /** What stands in place of the particle is this many standard errors. */
  readonly significance: number
}

const PART = 0.97

/**
 * The signal's power in every shell is what the images have beyond the noise of their corners; its place in the image
 * is that of the power of the Wiener-filtered images, whose cumulative sum over rings gives the diameter.
 */
export function measureExtent(sample: SampleTransforms, location: Location): Extent {
  const { points, count, re, im, noise } = sample
  const { shells } = points
  const length = points.h.length
  const sums = new Float64Array(shells + 1)
  const expected = new Float64Array(shells + 1)
  const numbers = new Float64Array(shells + 1)
  for (let p = 0; p < length; p++) {
    let power = 0
    for (let i = 0; i < count; i++) power += re[i * length + p]! ** 2 + im[i * length + p]! ** 2
    sums[points.shell[p]!]! += power / count
    expected[points.shell[p]!]! += noise[p]!
    numbers[points.shell[p]!]!++
  }
  const shellSnr = sums.map((sum, shell) => {
    if (shell === 0 || expected[shell] === 0) return 0
    const excess = sum / expected[shell]! - 1
    return excess > 3 / Math.sqrt(count * numbers[shell]!) ? excess : 0
  })
  let [signal, all] = [0, 0]
  for (let shell = 1; shell <= shells; shell++) {
    signal += sums[shell]! - expected[shell]!
    all += expected[shell]!
  }
  const rings = filteredRings(sample, location, shellSnr)
  return { ...diameterOf(rings, count), snr: Math.max(0, signal / all), shellSnr }
}

interface Rings {
  readonly mean: Float64Array
  readonly pixels: Float64Array
}

// Mean power of the filtered images over rings around the particle.
function filteredRings({ points, count, re, im }: SampleTransforms, location: Location, shellSnr: Float64Array): Rings {
  const { box } = points
  const length = points.h.length
  const centre = Math.floor(box / 2)
  const factor = Float64Array.from(points.shell, (shell) => shellSnr[shell]! / (1 + shellSnr[shell]!))
  const power = new Float64Array(box * box)
  const a = new Float64Array(box * box)
  const b = new Float64Array(box * box)
  for (let i = 0; i < count; i++) {
    a.fill(0)
    b.fill(0)
    for (let p = 0; p < length; p++) {
      if (factor[p] === 0) continue
      const angle = (2 * Math.PI * (points.h[p]! * (location.x - centre) + points.k[p]! * (location.y - centre))) / box
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      const at = ((points.k[p]! + box) % box) * box + ((points.h[p]! + box) % box)
      a[at] = 2 * factor[p]! * (re[i * length + p]! * c - im[i * length + p]! * s)
      b[at] = 2 * factor[p]! * (re[i * length + p]! * s + im[i * length + p]! * c)
    }
    fft2(a, b, box, 'inverse')
    for (let p = 0; p < a.length; p++) power[p]! += a[p]! ** 2 / count
  }
  const mean = new Float64Array(centre + 1)
  const pixels = new Float64Array(centre + 1)
  for (let p = 0; p < power.length; p++) {
    const ring = Math.round(Math.hypot((p % box) - centre, Math.floor(p / box) - centre))
    if (ring > centre) continue
    mean[ring]! += power[p]!
    pixels[ring]!++
  }
  return { mean: mean.map((sum, ring) => sum / pixels[ring]!), pixels }
}

function diameterOf({ mean, pixels }: Rings, count: number): { diameter: number | undefined; significance: number } {
  const last = mean.length - 1
  const base = (mean[last]! + mean[last - 1]!) / 2
  if (!(base > 0)) return { diameter: undefined, significance: 0 }
  const excess = mean.map((value, ring) => (value - base) * pixels[ring]!)
  const total = excess.reduce((sum, value) => sum + value, 0)
  const area = pixels.reduce((sum, value) => sum + value, 0)
  // The filtered noise is smooth: about a tenth of the pixels are independent.
  const significance = total / (base * Math.sqrt((2 * 10 * area) / count))
  if (!(significance > 5)) return { diameter: undefined, significance }
  let sum = 0
  for (let ring = 0; ring <= last; ring++) {
    sum += excess[ring]!
    if (sum >= PART * total) return { diameter: 2 * ring + 1, significance }
  }
  return { diameter: 2 * last + 1, significance }
}
