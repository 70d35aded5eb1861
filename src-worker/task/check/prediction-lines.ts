import type { Particles } from '#core/format/particles.ts'
import { brief, type CheckLine } from './check-line.ts'
import type { Extent } from './measure-extent.ts'

/** Half-maps correlate by 0.143 where a whole map's signal-to-noise ratio is 2 * 0.143 / (1 - 0.143). */
const NEEDED = (2 * 0.143) / (1 - 0.143)

/**
 * The shell that N images could give with perfect poses: every Fourier voxel of shell r is met by N / (2 r) slices, so
 * the map's signal-to-noise ratio there is N / (2 r) times an image's (Rosenthal and Henderson 2003, section 3). Beyond
 * the shells where the sample shows signal its logarithm is continued by a line in r^2. Shape: a shell of the box.
 */
export function reachableShell(shellSnr: ArrayLike<number>, images: number, nyquist: number): number {
  const points: [number, number][] = []
  for (let r = 2; r < shellSnr.length; r++) if (shellSnr[r]! > 0) points.push([r * r, Math.log(shellSnr[r]!)])
  const fitted = line(points.slice(Math.floor(points.length / 3)))
  let reached = 0
  for (let r = 1; r <= nyquist; r++) {
    const measured = shellSnr[r] ?? 0
    const snr = measured > 0 ? measured : fitted ? Math.exp(fitted.at0 + fitted.slope * r * r) : 0
    if ((images / (2 * r)) * snr < NEEDED) break
    reached = r
  }
  return reached
}

function line(points: readonly [number, number][]): { at0: number; slope: number } | undefined {
  if (points.length < 3) return undefined
  const n = points.length
  const mx = points.reduce((sum, [x]) => sum + x / n, 0)
  const my = points.reduce((sum, [, y]) => sum + y / n, 0)
  const sxx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx
  // Signal never grows with frequency: a rising line would promise everything.
  return slope < 0 ? { at0: my - slope * mx, slope } : undefined
}

/** How far the images could carry. */
export function reachLine(extent: Extent, images: number, image: { readonly box: number; readonly workingBox: number; readonly pixelSize: number }): CheckLine {
  const base = { id: 'reach', expected: 'beyond shell 10' }
  // Shells of the working box and of the image's are the same: both boxes have one field of view.
  const shell = reachableShell(extent.shellSnr, images, image.box / 2)
  if (shell < 2) return { ...base, status: 'warning', found: 'too little signal in the sample to predict a resolution', fix: 'check more images (--sample)' }
  const words = `up to shell ${shell} of ${Math.floor(image.box / 2)} (${brief((image.box * image.pixelSize) / shell)} Å) with ${images} images, if every pose were known`
  return { ...base, status: shell > 10 || shell >= Math.floor(image.box / 2) - 1 ? 'ok' : 'warning', found: words, fix: shell > 10 ? null : 'more images' }
}

/** What a run will cost, from measurements (docs/benchmarks.md) of one kind of machine. */
export function costLine(images: number, box: number, threads: number): CheckLine {
  // Processor seconds: 0.3 ms an image of 64 px for the moments, 35 s to invert them, 12 ms an image to refine.
  const seconds = (3e-4 * images * (box / 64) ** 2 + 35 + 0.012 * images) / Math.max(1, threads)
  // The coefficients of all images in float32 (a quarter of the square of 70, twice), and what every thread keeps.
  const bytes = images * 4 * 2450 + 2.5e8 + threads * 6e7
  return { id: 'cost', status: 'ok', found: `about ${duration(seconds)} on ${threads} cores, ${brief(bytes / 2 ** 30, 2)} GiB of memory`, expected: 'enough memory and patience', fix: null }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${brief(seconds / 3600, 2)} hours`
}

/** Whether listed poses leave directions out. Without poses the line says so. */
export function orientationLine(particles: Particles | undefined): CheckLine {
  const base = { id: 'orientation', expected: 'views from all around, or from known directions' }
  const poses = particles?.poses
  if (!poses || particles.count < 50) return { ...base, status: 'ok', found: poses ? 'too few poses are listed to judge the views' : 'no poses are listed: the distribution of views is a result of the run', fix: null }
  // Second moment of the directions: eigenvalues 1/3 each for uniform views; + and - are the same view but for its hand.
  const tensor = new Float64Array(6)
  for (let i = 0; i < particles.count; i++) {
    const [s, c] = [Math.sin(poses.tilt[i]!), Math.cos(poses.tilt[i]!)]
    const [x, y] = [s * Math.cos(poses.rot[i]!), s * Math.sin(poses.rot[i]!)]
    ;[x * x, y * y, c * c, x * y, x * c, y * c].forEach((value, k) => (tensor[k]! += value / particles.count))
  }
  const [xx, yy, zz, xy, xz, yz] = tensor as unknown as [number, number, number, number, number, number]
  // Of a tensor of trace 1: 0 for uniform views, 1 for a single direction.
  const anisotropy = Math.sqrt(1.5 * ((xx - 1 / 3) ** 2 + (yy - 1 / 3) ** 2 + (zz - 1 / 3) ** 2 + 2 * (xy ** 2 + xz ** 2 + yz ** 2)))
  const words = `the listed views are ${anisotropy < 0.2 ? 'spread over the sphere' : anisotropy < 0.6 ? 'uneven' : 'nearly all from one direction'} (anisotropy ${brief(anisotropy, 2)})`
  return { ...base, status: anisotropy < 0.6 ? 'ok' : 'warning', found: words, fix: anisotropy < 0.6 ? null : 'views from one direction leave a cone of the map empty: tilt, or other grids' }
}

/** The one thing no check of images can tell. */
export const handLine: CheckLine = {
  id: 'hand',
  status: 'ok',
  found: 'images without tilt fit a map and its mirror image alike',
  expected: 'the hand is decided at the map: helices are right-handed, or against a known structure',
  fix: null,
}
