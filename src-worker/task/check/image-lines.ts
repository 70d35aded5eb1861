import { findOutliers, type ImageFeatures } from '#core/image/outliers.ts'
import { quantile } from '#core/math/quantile.ts'
import { brief, type CheckLine } from './check-line.ts'
import type { ImageSurvey } from './survey-images.ts'
import type { Location } from './locate-particle.ts'
import type { Displacement } from './measure-displacement.ts'
import type { Extent } from './measure-extent.ts'

/** Standard errors above which a sign is believed, and below which nothing can be said. */
const SIGN_SURE = 6
/** Offsets in parts of the box: from the first a warning, from the second a stop. */
const OFFSET = [0.03, 0.05] as const
const SCATTER = [0.06, 0.085] as const
/** Standard errors by which the scatter must exceed its limit. */
const SCATTER_SURE = 2.5

/** Light or dark: the sign of the particle in the mean of the images. */
export function contrastLine(location: Location, stated: 'light' | 'dark' | undefined, inverted: boolean): CheckLine {
  const base = { id: 'contrast', expected: 'light protein on dark ground' }
  const { significance } = location
  const sure = `${Math.abs(significance).toFixed(0)} standard errors`
  const flip = inverted ? { fix: 'do not invert these images', settings: { invert: false } } : { fix: 'invert the images', settings: { invert: true } }
  if (significance < -SIGN_SURE) return { ...base, status: 'stop', found: `the particle is darker than its surroundings (${sure})${stated === 'dark' ? ', as the file says' : ''}`, ...flip }
  if (significance > SIGN_SURE) {
    // The file's word stands against the images': the images are what is computed from.
    const contradiction = stated === 'dark' && !inverted ? '; the file says dark on light' : ''
    return { ...base, status: contradiction ? 'warning' : 'ok', found: `the particle is lighter than its surroundings (${sure})${contradiction}`, fix: contradiction ? 'look at the mean image' : null }
  }
  if (stated === 'dark' && !inverted) return { ...base, status: 'stop', found: `the file says dark on light; the images alone cannot tell (${sure})`, ...flip }
  return { ...base, status: 'warning', found: `the images do not show whether the particle is light or dark (${sure})`, fix: 'look at the mean image, or check more images (--sample)' }
}

/** Common offset of the particles, and how they scatter about it. `scale`: pixels of the images in one of the working box. */
export function centringLine(location: Location, displacement: Displacement, image: { readonly box: number; readonly scale: number; readonly pixelSize: number; readonly shifts: number | undefined }): CheckLine {
  const base = { id: 'centring', expected: `particles within ${(100 * OFFSET[0]).toFixed(0)} % of the box around its centre` }
  if (Math.abs(location.significance) < SIGN_SURE) return { ...base, status: 'warning', found: 'the mean image shows no particle to centre on', fix: 'check more images (--sample)' }
  const { box, scale, pixelSize, shifts } = image
  const offset = Math.hypot(location.x, location.y) * scale
  const excess = displacement.rms ** 2 - SCATTER_SURE * displacement.error
  const beyond = (limits: readonly [number, number], level: 0 | 1): boolean => excess > (limits[level] * (box / scale)) ** 2
  const scatter = displacement.rms * scale
  const known = shifts !== undefined && shifts > 0 ? `; the file lists shifts of ${brief(shifts / pixelSize)} px rms` : ''
  const words = `offset ${brief(offset)} px of ${box}, scatter about ${brief(scatter, 2)} px rms${known}`
  const fix = known ? 'take the images again at the listed shifts, or let refinement search shifts' : 'extract the particles again around their centres, or let refinement search shifts'
  if (offset > Math.max(1.5 * scale, OFFSET[1] * box) || beyond(SCATTER, 1)) return { ...base, status: 'stop', found: words, fix }
  if (offset > Math.max(1.5 * scale, OFFSET[0] * box) || beyond(SCATTER, 0)) return { ...base, status: 'warning', found: words, fix }
  return { ...base, status: 'ok', found: words, fix: null }
}

/** The box against the particle (and what the defocus delocalises, in pixels). */
export function boxLine(extent: Extent, given: number | undefined, image: { readonly box: number; readonly scale: number; readonly pixelSize: number; readonly delocalized: number }): CheckLine {
  const { box, scale, pixelSize, delocalized } = image
  const base = { id: 'box', expected: 'a box of 1.3 to 2.5 particle diameters' }
  const diameter = given === undefined ? extent.diameter && extent.diameter * scale : given / pixelSize
  if (diameter === undefined) return { ...base, status: 'warning', found: `${box} px (${brief(box * pixelSize)} Å); the particle's diameter does not show in the sample`, fix: 'give the diameter, or check more images (--sample)' }
  const ratio = box / diameter
  const words = `${box} px (${brief(box * pixelSize)} Å) for a particle of about ${brief(diameter * pixelSize, 2)} Å: ${brief(ratio, 2)} diameters`
  const spread = delocalized > 0 ? `; defocus spreads detail at the resolution limit of the working box by ${brief(delocalized * pixelSize, 2)} Å` : ''
  if (ratio < 1.03 && given !== undefined) return { ...base, status: 'stop', found: words, fix: 'extract the particles in a larger box' }
  if (ratio < 1.15) return { ...base, status: 'warning', found: words + spread, fix: 'extract the particles in a larger box: the background and what defocus spreads are cut off' }
  if (ratio > 3.5) return { ...base, status: 'warning', found: words, fix: `a smaller box does: about ${2 * Math.ceil(diameter)} px` }
  return { ...base, status: 'ok', found: words + spread, fix: null }
}

/** Backgrounds of mean 0 and one deviation for all images, without a slope. */
export function normalisationLine(survey: ImageSurvey): CheckLine {
  const base = { id: 'normalisation', expected: 'backgrounds of mean 0 and the same deviation in all images' }
  const all = survey.features.length
  if (survey.usable.length < all * 0.5) return { ...base, status: 'stop', found: `${all - survey.usable.length} of ${all} images are constant or hold values that are not finite`, fix: 'take those images out' }
  const usable = survey.features.filter(({ nonFinite, deviation }) => nonFinite === 0 && deviation > 0)
  if (usable.length < all * 0.5) return { ...base, status: 'warning', found: 'the backgrounds are constant: there is nothing to normalise by', fix: 'give images with their background' }
  const of = (pick: (feature: ImageFeatures) => number): number[] => usable.map(pick)
  const deviation = quantile(of((feature) => feature.deviation), 0.5)
  const spread = spreadOf(of((feature) => feature.deviation)) / deviation
  const mean = quantile(of((feature) => feature.mean), 0.5) / deviation
  const meanSpread = spreadOf(of((feature) => feature.mean)) / deviation
  const words = `background mean ${brief(mean * deviation)} and deviation ${brief(deviation)} (varying by ${brief(100 * spread, 2)} % from image to image)`
  const settings = { normalize: true }
  if (Math.abs(mean) > 0.2 || meanSpread > 0.2) return { ...base, status: 'warning', found: words, fix: 'normalise the images', settings }
  if (spread > 0.15) return { ...base, status: 'warning', found: words, fix: 'normalise the images', settings }
  // The slope that white noise alone shows is below a tenth.
  if (survey.slope > 0.6) return { ...base, status: 'warning', found: `${words}; it slopes by ${brief(survey.slope, 2)} deviations across the box`, fix: 'normalise the images', settings }
  return { ...base, status: 'ok', found: words, fix: null }
}

function spreadOf(values: readonly number[]): number {
  const middle = quantile(values, 0.5)
  return 1.4826 * quantile(values.map((value) => Math.abs(value - middle)), 0.5)
}

/** Images that do not look like the others. */
export function outliersLine(survey: ImageSurvey): CheckLine {
  const outliers = findOutliers(survey.features)
  const base = { id: 'outliers', expected: 'images that look alike' }
  if (outliers.length === 0) return { ...base, status: 'ok', found: `none of ${survey.rows.length} images stands out`, fix: null }
  const [first] = outliers
  const share = outliers.length / survey.rows.length
  return { ...base, status: share > 0.02 ? 'warning' : 'ok', found: `${outliers.length} of ${survey.rows.length} images stand out, the first is image ${survey.rows[first!.index]! + 1}: ${first!.reason}`, fix: 'look at those images; images with values that are not finite are left out by themselves' }
}

/** What the noise is like, and how much signal there is. */
export function noiseLine(survey: ImageSurvey, colour: number, extent: Extent): CheckLine {
  const base = { id: 'noise', expected: 'noise in the corners, of one spectrum for all images' }
  const deviations = survey.features.filter(({ deviation }) => deviation > 0).map(({ deviation }) => deviation)
  if (deviations.length === 0 || survey.usable.length === 0) return { ...base, status: 'warning', found: 'the corners of the images are constant: there is no noise to measure (the images are masked or made without noise)', fix: 'give images with their background, or the noise as sigma: a run asks for it' }
  const sigma = quantile(deviations, 0.5)
  const words = `deviation ${brief(sigma)} a pixel, ${colour > 1.5 ? `coloured: ${brief(colour, 2)} times the power at low as at high frequency` : 'white'}; signal to noise about ${extent.snr > 0 ? brief(extent.snr, 2) : 'too low to tell'}`
  if (extent.snr > 2) return { ...base, status: 'warning', found: `${words}: hardly any noise`, fix: 'nothing, if the images are meant to be clean; the noise model then does not fit' }
  return { ...base, status: colour > 8 ? 'warning' : 'ok', found: words, fix: colour > 8 ? 'whiten the images by their noise spectrum' : null }
}
