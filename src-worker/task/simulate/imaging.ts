import { filterImages } from '#core/image/whiten.ts'
import { addWhiteNoise } from '#core/image/noise.ts'
import { fft2, signedFrequency } from '#core/math/fft.ts'
import { ctfGrid, type CtfParameters } from '#core/optics/ctf.ts'
import type { ParticleDefocus } from '#core/format/particles.ts'
import type { Random } from '#core/random.ts'

/** The microscope and how its defocus varies from particle to particle. */
export interface SimulatedMicroscope {
  /** Angstrom, uniform between the two. */
  readonly defocus: readonly [number, number]
  /** Largest difference of the two defoci of a particle, Angstrom; uniform from 0. */
  readonly astigmatism: number
  /** kV */
  readonly voltage: number
  /** mm */
  readonly sphericalAberration: number
  readonly amplitudeContrast: number
  /** Radians */
  readonly phaseShift: number
  /** Angstrom^2 */
  readonly bFactor: number
}

/** What happens to a projection on its way to an image. */
export interface Imaging {
  /** Angstrom */
  readonly pixelSize: number
  readonly microscope?: SimulatedMicroscope | undefined
  /** Standard deviation of the shift along each axis, Angstrom. */
  readonly shift?: number | undefined
  /** Gives white noise its colour (`coloringFilter`). */
  readonly noiseFilter?: Float64Array | undefined
  /** Protein becomes dark. */
  readonly invert?: boolean | undefined
}

/** Where each particle of a chunk sits (Angstrom from the centre) and its defocus. */
export interface ImagingDraws {
  readonly shiftX?: Float64Array<ArrayBuffer> | undefined
  readonly shiftY?: Float64Array<ArrayBuffer> | undefined
  readonly defocus?: ParticleDefocus | undefined
}

/** Shifts and defoci from streams of their own: poses and noise are the same with and without them. */
export function drawImaging(imaging: Imaging | undefined, count: number, random: Random): ImagingDraws {
  if (!imaging) return {}
  const { microscope, shift } = imaging
  const shifts = random.stream('shifts')
  const optics = random.stream('defocus')
  const draws: { shiftX?: Float64Array<ArrayBuffer>; shiftY?: Float64Array<ArrayBuffer>; defocus?: ParticleDefocus } = {}
  if (shift) {
    draws.shiftX = new Float64Array(count)
    draws.shiftY = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      draws.shiftX[i] = shift * shifts.normal()
      draws.shiftY[i] = shift * shifts.normal()
    }
  }
  if (microscope) {
    const [low, high] = microscope.defocus
    const [defocusU, defocusV, defocusAngle] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
    for (let i = 0; i < count; i++) {
      const mean = low + (high - low) * optics.uniform()
      const half = 0.5 * microscope.astigmatism * optics.uniform()
      defocusU[i] = mean + half
      defocusV[i] = mean - half
      defocusAngle[i] = Math.PI * optics.uniform()
    }
    const filled = (value: number): Float64Array => new Float64Array(count).fill(value)
    draws.defocus = { defocusU, defocusV, defocusAngle, phaseShift: filled(microscope.phaseShift), bFactor: filled(microscope.bFactor), scale: filled(1) }
  }
  return draws
}

/** The contrast transfer function of one particle drawn. */
export function drawnCtf(microscope: SimulatedMicroscope, defocus: ParticleDefocus, i: number): CtfParameters {
  const { voltage, sphericalAberration, amplitudeContrast } = microscope
  return { voltage, sphericalAberration, amplitudeContrast, defocusU: defocus.defocusU[i]!, defocusV: defocus.defocusV[i]!, defocusAngle: defocus.defocusAngle[i]!, phaseShift: defocus.phaseShift[i]!, bFactor: defocus.bFactor[i]!, scale: defocus.scale[i]! }
}

/** Shifts projections and multiplies their transforms by the CTF, periodically in their box, and turns their sign; in place. */
export function imageProjections(images: Float32Array, size: number, imaging: Imaging, draws: ImagingDraws): void {
  const area = size * size
  const { pixelSize, microscope, invert } = imaging
  const sign = invert ? -1 : 1
  if (!draws.shiftX && !draws.defocus) {
    if (invert) for (let p = 0; p < images.length; p++) images[p] = -images[p]!
    return
  }
  const [re, im] = [new Float64Array(area), new Float64Array(area)]
  for (let i = 0; i < images.length / area; i++) {
    const image = images.subarray(i * area, (i + 1) * area)
    re.set(image)
    im.fill(0)
    fft2(re, im, size)
    const grid = draws.defocus && ctfGrid(drawnCtf(microscope!, draws.defocus, i), size, pixelSize)
    const step = (-2 * Math.PI) / (size * pixelSize)
    const [dx, dy] = [step * (draws.shiftX?.[i] ?? 0), step * (draws.shiftY?.[i] ?? 0)]
    for (let p = 0; p < area; p++) {
      const [h, k] = [signedFrequency(p % size, size), signedFrequency(Math.floor(p / size), size)]
      // The Nyquist frequency has no partner to be shifted with; projections hold nothing there.
      const angle = 2 * Math.abs(h) === size || 2 * Math.abs(k) === size ? 0 : dx * h + dy * k
      const factor = sign * (grid ? grid[p]! : 1)
      const [c, s] = [factor * Math.cos(angle), factor * Math.sin(angle)]
      const [a, b] = [re[p]!, im[p]!]
      re[p] = a * c - b * s
      im[p] = a * s + b * c
    }
    fft2(re, im, size, 'inverse')
    image.set(re)
  }
}

/** Adds noise of standard deviation sigma per pixel: white, or of the colour the imaging has. */
export function addNoise(images: Float32Array, options: { readonly size: number; readonly sigma: number; readonly filter: Float64Array | undefined; readonly random: Random }): void {
  const { size, sigma, filter, random } = options
  if (!filter || sigma === 0) {
    addWhiteNoise(images, sigma, random)
    return
  }
  const noise = new Float32Array(images.length)
  addWhiteNoise(noise, sigma, random)
  filterImages(noise, size, filter)
  for (let p = 0; p < images.length; p++) images[p] = images[p]! + noise[p]!
}
