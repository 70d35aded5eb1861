import { requireInput } from '#core/error.ts'
import { backgroundOf, normalizeImage } from '#core/image/background.ts'
import { imageResampling, resampleImages } from '#core/image/resample-image.ts'
import type { StackReader } from './stack-file.ts'

/** What is done to images as they are read. Every field is the answer to a line of the check. */
export interface ImagePreparation {
  /** Protein is dark: every value changes its sign. */
  readonly invert?: boolean | undefined
  /** Angstrom; used instead of what the files say. */
  readonly pixelSize?: number | undefined
  /** Take the background's plane off and bring its deviation to 1, image by image. */
  readonly normalize?: boolean | undefined
  /** Of the disc that normalisation leaves out, pixels of the file; default 0.46 of the box. */
  readonly backgroundRadius?: number | undefined
  /** Fourier-crop to this many pixels over the same field of view. */
  readonly workingBox?: number | undefined
}

/** The reader with its images prepared; without anything to do the reader itself. Errors: InvalidInput for a box larger than the images. */
export function prepareImages(source: StackReader, preparation: ImagePreparation): StackReader {
  const { invert = false, pixelSize = source.pixelSize, normalize = false, backgroundRadius = 0.46 * source.size, workingBox: box = source.size } = preparation
  if (!invert && !normalize && pixelSize === source.pixelSize && box === source.size) return source
  requireInput(Number.isInteger(box) && box >= 8 && box <= source.size, () => `the working box is ${box} px, expected 8 to ${source.size}, the size of the images`, { field: 'workingBox', found: box })
  const background = normalize ? backgroundOf(source.size, backgroundRadius) : undefined
  requireInput(background === undefined || background.pixels.length > 16, () => `a background radius of ${backgroundRadius} px leaves no background in images of ${source.size} px`, { field: 'backgroundRadius', found: backgroundRadius })
  const crop = box === source.size ? undefined : imageResampling(source.size, box)
  const area = source.size ** 2
  return {
    count: source.count,
    size: box,
    pixelSize: (pixelSize * source.size) / box,
    warnings: source.warnings,
    async read(start, count) {
      const images = await source.read(start, count)
      if (background) for (let i = 0; i < count; i++) normalizeImage(images.subarray(i * area, (i + 1) * area), background)
      if (invert) for (let p = 0; p < images.length; p++) images[p] = -images[p]!
      return crop ? resampleImages(images, crop) : images
    },
    close: () => source.close(),
  }
}
