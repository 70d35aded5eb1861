import { requireShape } from '../error.ts'

/** Rows of a resampling of one axis, `to` x `from`. */
export interface ImageResampling {
  readonly from: number
  readonly to: number
  readonly matrix: Float64Array
}

/**
 * Band-limited resampling of one axis from `from` samples to `to` with the centres floor(n/2) on each other; one new
 * pixel is `step` old ones (default from / to: the same field of view, a Fourier crop). What the new grid cannot hold is
 * left out, the Nyquist frequency of an even box too. Periodic: pixels beyond the old box come from its other side.
 */
export function imageResampling(from: number, to: number, step: number = from / to): ImageResampling {
  const matrix = new Float64Array(to * from)
  const limit = Math.min(from / 2, from / (2 * step))
  const [centreFrom, centreTo] = [Math.floor(from / 2), Math.floor(to / 2)]
  for (let i = 0; i < to; i++) {
    const at = (i - centreTo) * step
    for (let j = 0; j < from; j++) {
      const angle = (2 * Math.PI * (at - (j - centreFrom))) / from
      let sum = 1
      for (let h = 1; h < limit - 1e-9; h++) sum += 2 * Math.cos(h * angle)
      matrix[i * from + j] = sum / from
    }
  }
  return { from, to, matrix }
}

/** Every image (from^2, x fastest) resampled along both axes. Shape: count x to^2. */
export function resampleImages(images: Float32Array, { from, to, matrix }: ImageResampling): Float32Array {
  const count = images.length / (from * from)
  requireShape(Number.isInteger(count), () => `images of ${from} pixels need a multiple of ${from * from} values, found ${images.length}`)
  const result = new Float32Array(count * to * to)
  const rows = new Float64Array(from * to)
  for (let i = 0; i < count; i++) {
    const start = i * from * from
    for (let y = 0; y < from; y++) {
      for (let x = 0; x < to; x++) {
        let sum = 0
        for (let j = 0, m = x * from, p = start + y * from; j < from; j++) sum += matrix[m++]! * images[p++]!
        rows[x * from + y] = sum
      }
    }
    for (let y = 0; y < to; y++) {
      for (let x = 0; x < to; x++) {
        let sum = 0
        for (let j = 0, m = y * from, p = x * from; j < from; j++) sum += matrix[m++]! * rows[p++]!
        result[(i * to + y) * to + x] = sum
      }
    }
  }
  return result
}

/** Every image Fourier-cropped (or padded) to `to` pixels over the same field of view. */
export function fourierCropImages(images: Float32Array, from: number, to: number): Float32Array {
  return from === to ? images : resampleImages(images, imageResampling(from, to))
}
