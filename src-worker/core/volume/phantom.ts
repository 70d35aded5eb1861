import { resampleMatrix, applyAlongAxes } from './separable.ts'
import { growChain } from './phantom-chain.ts'
import { makeVolume, type Volume } from './volume.ts'

/**
 * A known molecule: a sum of Gaussian blobs, `rho(x) = sum_j a_j (2 pi s_j^2)^(-3/2) exp(-|x - x_j|^2 / 2 s_j^2)`, whose
 * Fourier transform and projections are closed forms. Lengths in Angstrom, origin at the centre of mass.
 */
export interface Phantom {
  /** 3 N centres. */
  readonly positions: Float64Array
  /** N standard deviations. */
  readonly widths: Float64Array
  /** N integrals. */
  readonly amplitudes: Float64Array
  /** Radius of the ball about the origin that holds everything but the far tails. */
  readonly radius: number
}

/** A deterministic asymmetric "protein": a chain of helices, strands and loops that fills a few overlapping domains. */
export function makePhantom(seed = 1): Phantom {
  const { positions, widths, amplitudes } = growChain(seed)
  const total = amplitudes.reduce((sum, a) => sum + a, 0)
  for (let axis = 0; axis < 3; axis++) {
    let mean = 0
    for (let j = 0; j < amplitudes.length; j++) mean += (amplitudes[j]! * positions[3 * j + axis]!) / total
    for (let j = 0; j < amplitudes.length; j++) positions[3 * j + axis]! -= mean
  }
  let radius = 0
  for (let j = 0; j < amplitudes.length; j++) {
    radius = Math.max(radius, Math.hypot(positions[3 * j]!, positions[3 * j + 1]!, positions[3 * j + 2]!) + 2.5 * widths[j]!)
  }
  return { positions, widths, amplitudes, radius }
}

/** The voxel size (Angstrom) at which the phantom's ball has 0.4 of the box side as its radius. */
export function phantomVoxelSize(phantom: Phantom, size: number): number {
  return phantom.radius / (0.4 * size)
}

/** `rho^(k) = sum_j a_j exp(-s_j^2 |k|^2 / 2) exp(-i k.x_j)` as [re, im]; k in radians per Angstrom. */
export function phantomFourier(phantom: Phantom, kx: number, ky: number, kz: number): [number, number] {
  const { positions, widths, amplitudes } = phantom
  const square = kx * kx + ky * ky + kz * kz
  let re = 0
  let im = 0
  for (let j = 0; j < amplitudes.length; j++) {
    const size = amplitudes[j]! * Math.exp(-0.5 * widths[j]! ** 2 * square)
    const phase = kx * positions[3 * j]! + ky * positions[3 * j + 1]! + kz * positions[3 * j + 2]!
    re += size * Math.cos(phase)
    im -= size * Math.sin(phase)
  }
  return [re, im]
}

/**
 * The density on `size` voxels a side, free of aliasing: sampled on a grid fine enough for the narrowest blob, then cut
 * in Fourier space to the voxel size asked for. Values are rho (per cubic Angstrom).
 */
export function rasterizePhantom(phantom: Phantom, size: number, voxelSize = phantomVoxelSize(phantom, size)): Volume {
  const factor = finerBy(phantom.widths.reduce((least, width) => Math.min(least, width), Infinity) / voxelSize)
  const fine = factor * size
  const step = voxelSize / factor
  const grid = new Float64Array(fine ** 3)
  for (let j = 0; j < phantom.amplitudes.length; j++) {
    const width = phantom.widths[j]! / step
    const [x, y, z] = [0, 1, 2].map((axis) => gaussianLine(phantom.positions[3 * j + axis]! / step, width, fine)) as [Line, Line, Line]
    const amplitude = phantom.amplitudes[j]! / step ** 3
    for (let c = 0; c < z.values.length; c++) {
      for (let b = 0; b < y.values.length; b++) {
        const row = ((z.first + c) * fine + y.first + b) * fine + x.first
        const factorYZ = amplitude * z.values[c]! * y.values[b]!
        for (let a = 0; a < x.values.length; a++) grid[row + a]! += factorYZ * x.values[a]!
      }
    }
  }
  const matrix = resampleMatrix(fine, size)
  return makeVolume(size, voxelSize, Float32Array.from(applyAlongAxes(grid, fine, [matrix, matrix, matrix], size)))
}

// How much finer to sample: a blob's transform exp(-s^2 k^2 / 2) must be below 1e-5 at the lowest frequency that aliases
// into the band kept, (2 - 1 / factor) pi on the fine grid.
function finerBy(width: number): number {
  let factor = 2
  while (width * factor * (2 - 1 / factor) * Math.PI < 4.8) factor++
  return factor
}

/**
 * The exact projection along the viewing direction of a 3x3 rotation (image coordinates = A x), sampled at pixel centres,
 * step one voxel: `voxelSize * integral rho dz / voxelSize^2`. Not band-limited: blobs wide against the pixel need no filter.
 */
export function projectPhantom(phantom: Phantom, rotation: ArrayLike<number>, size: number, voxelSize: number): Float64Array {
  const image = new Float64Array(size * size)
  for (let j = 0; j < phantom.amplitudes.length; j++) {
    const [px, py, pz] = [phantom.positions[3 * j]!, phantom.positions[3 * j + 1]!, phantom.positions[3 * j + 2]!]
    const width = phantom.widths[j]! / voxelSize
    const x = gaussianLine((rotation[0]! * px + rotation[1]! * py + rotation[2]! * pz) / voxelSize, width, size)
    const y = gaussianLine((rotation[3]! * px + rotation[4]! * py + rotation[5]! * pz) / voxelSize, width, size)
    for (let b = 0; b < y.values.length; b++) {
      const row = (y.first + b) * size + x.first
      const factor = (phantom.amplitudes[j]! / voxelSize ** 3) * y.values[b]!
      for (let a = 0; a < x.values.length; a++) image[row + a]! += factor * x.values[a]!
    }
  }
  return image
}

interface Line {
  readonly first: number
  readonly values: Float64Array
}

// A unit-integral Gaussian at `centre` (from the middle of the box), out to 5.5 standard deviations.
function gaussianLine(centre: number, width: number, size: number): Line {
  const middle = Math.floor(size / 2)
  const first = Math.max(0, Math.ceil(centre - 5.5 * width) + middle)
  const last = Math.min(size - 1, Math.floor(centre + 5.5 * width) + middle)
  const values = new Float64Array(Math.max(0, last - first + 1))
  for (let i = 0; i < values.length; i++) values[i] = Math.exp(-0.5 * ((first + i - middle - centre) / width) ** 2) / (Math.sqrt(2 * Math.PI) * width)
  return { first, values }
}
