/** The pixels of a square image outside a disc, listed once for many images. */
export interface Background {
  readonly size: number
  /** Of the disc, pixels. */
  readonly radius: number
  /** Indices into the image. */
  readonly pixels: Int32Array
}

/** What the background of one image looks like: value = mean + slopeX x + slopeY y, x and y from the centre. */
export interface BackgroundFit {
  readonly mean: number
  readonly slopeX: number
  readonly slopeY: number
  /** Standard deviation about the plane. */
  readonly deviation: number
}

/** Pixels farther than `radius` from the centre floor(n/2), the corners included. Empty when the disc covers the box. */
export function backgroundOf(size: number, radius: number): Background {
  const centre = Math.floor(size / 2)
  const pixels: number[] = []
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if ((x - centre) ** 2 + (y - centre) ** 2 > radius * radius) pixels.push(y * size + x)
  return { size, radius, pixels: Int32Array.from(pixels) }
}

/** Least-squares plane through the background (as `relion_preprocess --norm` takes off). Shape of `image`: size^2. */
export function fitBackground(image: ArrayLike<number>, { size, pixels }: Background): BackgroundFit {
  const centre = Math.floor(size / 2)
  const count = pixels.length
  let [sx, sy, sxx, sxy, syy, sv, sxv, syv] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let p = 0; p < count; p++) {
    const at = pixels[p]!
    const x = (at % size) - centre
    const y = Math.floor(at / size) - centre
    const value = image[at]!
    sx += x
    sy += y
    sxx += x * x
    sxy += x * y
    syy += y * y
    sv += value
    sxv += x * value
    syv += y * value
  }
  const [mx, my, mv] = [sx / count, sy / count, sv / count]
  const [cxx, cxy, cyy, cxv, cyv] = [sxx - sx * mx, sxy - sx * my, syy - sy * my, sxv - sx * mv, syv - sy * mv]
  const determinant = cxx * cyy - cxy * cxy
  const slopeX = determinant > 0 ? (cxv * cyy - cyv * cxy) / determinant : 0
  const slopeY = determinant > 0 ? (cyv * cxx - cxv * cxy) / determinant : 0
  const mean = mv - slopeX * mx - slopeY * my
  let squares = 0
  for (let p = 0; p < count; p++) {
    const at = pixels[p]!
    squares += (image[at]! - mean - slopeX * ((at % size) - centre) - slopeY * (Math.floor(at / size) - centre)) ** 2
  }
  return { mean, slopeX, slopeY, deviation: Math.sqrt(squares / Math.max(1, count - 3)) }
}

/**
 * Takes the background's plane off an image and divides by the background's standard deviation, in place: what follows
 * has mean 0 and deviation 1 outside the particle. Gives the fit; an image with no variation there is left as it is.
 */
export function normalizeImage(image: Float32Array, background: Background): BackgroundFit {
  const fit = fitBackground(image, background)
  if (!(fit.deviation > 0)) return fit
  const { size } = background
  const centre = Math.floor(size / 2)
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) image[i] = (image[i]! - fit.mean - fit.slopeX * (x - centre) - fit.slopeY * (y - centre)) / fit.deviation
  }
  return fit
}
