import type { Particles } from '#core/format/particles.ts'
import { ctfParametersOf } from '#core/format/particles.ts'
import { NoiseSpectrumEstimator, outsideDisc } from '#core/image/noise-spectrum.ts'
import { fourierCropImages } from '#core/image/resample-image.ts'
import { fft2, signedFrequency } from '#core/math/fft.ts'
import { ctf, radialCtfAt } from '#core/optics/ctf.ts'

/** Half of the transform of an image, centred: what the sample is judged by. */
export interface FourierPoints {
  /** Side of the working box. */
  readonly box: number
  /** Frequencies, integers; h > 0, or h = 0 and k > 0. */
  readonly h: Int32Array
  readonly k: Int32Array
  readonly radius: Float64Array
  readonly shell: Int32Array
  readonly shells: number
}

/** Low-resolution transforms of a sample of images, and what their noise and CTF are. */
export interface SampleTransforms {
  readonly points: FourierPoints
  /** Angstrom, of the working box. */
  readonly pixelSize: number
  readonly count: number
  /** count x points */
  readonly re: Float32Array
  readonly im: Float32Array
  /** Noise power |y|^2 expected at each point of the working box's transform. */
  readonly noise: Float64Array
  /** |y|^2 of the images at each point, signal and noise, over its shell: what a mean over images varies by. */
  readonly power: Float64Array
  /** Where CTFs are known: count x (shells + 1) values of the function without astigmatism. */
  readonly ctf: Float32Array | undefined
}

/** Largest working box: enough for everything that is judged here. */
export const LARGEST_WORKING_BOX = 64

/**
 * Crops images (background of mean 0 and deviation 1) to the working box and transforms them. `rows` are the images' particles where `particles` has
 * CTFs that can be used.
 */
export function sampleTransforms(images: Float32Array, size: number, pixelSize: number, options: { readonly radius: number; readonly particles?: Particles | undefined; readonly rows?: readonly number[] }): SampleTransforms {
  const box = Math.min(size, LARGEST_WORKING_BOX)
  const area = box * box
  const cropped = fourierCropImages(images, size, box)
  const count = cropped.length / area
  const points = fourierPoints(box)
  const length = points.h.length
  const re = new Float32Array(count * length)
  const im = new Float32Array(count * length)
  const centre = Math.floor(box / 2)
  const phase = Float64Array.from(points.h, (h, p) => (2 * Math.PI * centre * (h + points.k[p]!)) / box)
  const place = Int32Array.from(points.h, (h, p) => ((points.k[p]! + box) % box) * box + ((h + box) % box))
  const estimator = new NoiseSpectrumEstimator(box, outsideDisc(box, (options.radius * box) / size))
  for (let i = 0; i < count; i += 2) {
    const first = cropped.subarray(i * area, (i + 1) * area)
    const second = i + 1 < count ? cropped.subarray((i + 1) * area, (i + 2) * area) : undefined
    estimator.add(first, second)
    for (const [image, row] of [[first, i], [second, i + 1]] as const) {
      if (!image) continue
      const a = Float64Array.from(image)
      const b = new Float64Array(area)
      fft2(a, b, box)
      for (let p = 0; p < length; p++) {
        const [c, s] = [Math.cos(phase[p]!), Math.sin(phase[p]!)]
        const at = place[p]!
        re[row * length + p] = a[at]! * c - b[at]! * s
        im[row * length + p] = a[at]! * s + b[at]! * c
      }
    }
  }
  const workingPixel = (pixelSize * size) / box
  const { power } = estimator.estimate()
  const found = shellPower(points, re, im)
  // Noise falls with frequency; the lowest shells, where the mean that was taken off is missing, cannot be below the next.
  const next = [3, 4, 5].reduce((sum, shell) => sum + (power[shell] ?? power.at(-1)!) / 3, 0)
  for (let shell = 0; shell < 3; shell++) power[shell] = Math.max(power[shell]!, next)
  // Images without noise still need a weight for every frequency.
  const smallest = 1e-3 * Math.max(power.reduce((sum, value) => sum + Math.max(0, value), 0) / power.length, 1e-3 * (found.reduce((sum, value) => sum + value, 0) / found.length / area))
  return {
    points,
    pixelSize: workingPixel,
    count,
    re,
    im,
    noise: Float64Array.from(points.shell, (shell) => area * Math.max(smallest, power[shell]!)),
    power: Float64Array.from(points.shell, (shell) => Math.max(area * Math.max(smallest, power[shell]!), found[shell]!)),
    ctf: options.particles?.defocus && options.rows ? ctfRows(options.particles, options.rows, box, workingPixel, points.shells) : undefined,
  }
}

function fourierPoints(box: number): FourierPoints {
  const shells = Math.ceil(box / 2) - 1
  const h: number[] = []
  const k: number[] = []
  for (let y = 0; y < box; y++) {
    for (let x = 0; x <= shells; x++) {
      const ky = signedFrequency(y, box)
      if ((x === 0 && ky <= 0) || x * x + ky * ky > (shells + 0.5) ** 2) continue
      h.push(x)
      k.push(ky)
    }
  }
  const radius = Float64Array.from(h, (value, p) => Math.hypot(value, k[p]!))
  return { box, h: Int32Array.from(h), k: Int32Array.from(k), radius, shell: Int32Array.from(radius, Math.round), shells }
}

function shellPower({ h, shell, shells }: FourierPoints, re: Float32Array, im: Float32Array): Float64Array {
  const sums = new Float64Array(shells + 1)
  const numbers = new Float64Array(shells + 1)
  for (let at = 0, p = 0; at < re.length; at++, p = p + 1 === h.length ? 0 : p + 1) {
    sums[shell[p]!]! += re[at]! ** 2 + im[at]! ** 2
    numbers[shell[p]!]!++
  }
  return sums.map((sum, r) => (numbers[r]! > 0 ? sum / numbers[r]! : 0))
}

function ctfRows(particles: Particles, rows: readonly number[], box: number, pixelSize: number, shells: number): Float32Array {
  const values = new Float32Array(rows.length * (shells + 1))
  rows.forEach((row, i) => {
    const function_ = ctf(ctfParametersOf(particles, row)!)
    for (let shell = 0; shell <= shells; shell++) values[i * (shells + 1) + shell] = radialCtfAt(function_, shell / (box * pixelSize))
  })
  return values
}
