import { createHash } from 'node:crypto'
import { backgroundOf, fitBackground } from '#core/image/background.ts'
import type { ImageFeatures } from '#core/image/outliers.ts'
import { Random } from '#core/random.ts'
import type { StackReader } from '#io/stack-file.ts'

/** A seeded sample of the images, and what each looks like. */
export interface ImageSurvey {
  /** Which images, ascending. */
  readonly rows: readonly number[]
  readonly features: readonly ImageFeatures[]
  /** Background slope across the box over the background's deviation, root mean square. */
  readonly slope: number
  /** Pairs of rows with the very same pixels. */
  readonly twins: readonly (readonly [number, number])[]
  /** Of the usable images: rows, and pixels with background mean 0 and deviation 1. */
  readonly usable: readonly number[]
  readonly images: Float32Array
  /** Of the disc that the background is outside of, pixels. */
  readonly radius: number
}

/** Numbers of images: all when there are few, else `count` drawn by the seed, ascending. */
export function drawSample(total: number, count: number, seed: number): number[] {
  if (total <= count) return Array.from({ length: total }, (_, i) => i)
  const random = new Random(seed).stream('check-sample')
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(random.integer(total))
  return [...chosen].sort((a, b) => a - b)
}

/** Reads the images named and brings their backgrounds to mean 0 and deviation 1 (no plane is taken off: it would colour the lowest frequencies). */
export async function surveyImages(source: StackReader, rows: readonly number[], options: { readonly onProgress?: (fraction: number) => void } = {}): Promise<ImageSurvey> {
  const { size } = source
  const area = size * size
  const radius = 0.46 * size
  const background = backgroundOf(size, radius)
  const features: ImageFeatures[] = []
  const usable: number[] = []
  const images = new Float32Array(rows.length * area)
  const seen = new Map<string, number>()
  const twins: [number, number][] = []
  let slopes = 0
  for (const [done, row] of rows.entries()) {
    const image = await source.read(row, 1)
    let nonFinite = 0
    for (let p = 0; p < area; p++) if (!Number.isFinite(image[p]!)) nonFinite++
    const fit = nonFinite > 0 ? { mean: 0, slopeX: 0, slopeY: 0, deviation: 0 } : fitBackground(image, background)
    // The level of the background itself, not of the plane at the centre.
    let level = 0
    for (const p of background.pixels) level += image[p]! / background.pixels.length
    let squares = 0
    for (const p of background.pixels) squares += (image[p]! - level) ** 2
    const deviation = nonFinite > 0 ? 0 : Math.sqrt(squares / background.pixels.length)
    let extreme = 0
    if (deviation > 0) for (let p = 0; p < area; p++) extreme = Math.max(extreme, Math.abs(image[p]! - level) / deviation)
    features.push({ mean: nonFinite > 0 ? 0 : level, deviation, extreme, nonFinite })
    options.onProgress?.((done + 1) / rows.length)
    if (nonFinite > 0) continue
    // Images without noise have no deviation in their corners: then that of all pixels is taken.
    const noisy = deviation > 1e-6 * wholeDeviation(image)
    const scale = noisy ? deviation : wholeDeviation(image)
    if (!(scale > 0)) continue
    if (noisy) slopes += ((fit.slopeX ** 2 + fit.slopeY ** 2) * size ** 2) / deviation ** 2
    const digest = createHash('sha1').update(new Uint8Array(image.buffer, image.byteOffset, image.byteLength)).digest('base64')
    const twin = seen.get(digest)
    if (twin === undefined) seen.set(digest, row)
    else twins.push([twin, row])
    const at = usable.length * area
    for (let p = 0; p < area; p++) images[at + p] = (image[p]! - level) / scale
    usable.push(row)
  }
  return { rows, features, slope: Math.sqrt(slopes / Math.max(1, usable.length)), twins, usable, images: images.subarray(0, usable.length * area), radius }
}

function wholeDeviation(image: Float32Array): number {
  let [sum, squares] = [0, 0]
  for (const value of image) {
    sum += value
    squares += value * value
  }
  return Math.sqrt(Math.max(0, squares / image.length - (sum / image.length) ** 2))
}
