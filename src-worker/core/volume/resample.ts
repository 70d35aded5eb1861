import { AppError, requireShape } from '../error.ts'
import { fft3, signedFrequency } from '../math/fft.ts'
import { kaiserBesselWindow, windowTransform, windowValue } from '../math/kaiser-bessel.ts'
import { applyAlongAxes, resampleMatrix, shiftMatrix } from './separable.ts'
import { makeVolume, type Volume } from './volume.ts'

type Triple = readonly [number, number, number]

/** A box of any shape put into the smallest cube that holds it, centre on centre, filled with zeros. */
export function padToCube(data: Float32Array, dimensions: Triple, voxelSize: number, origin: Triple = [0, 0, 0]): Volume {
  const [nx, ny, nz] = dimensions
  requireShape(data.length === nx * ny * nz, () => `a grid of ${nx} x ${ny} x ${nz} needs ${nx * ny * nz} values, found ${data.length}`)
  return moveInto(data, dimensions, voxelSize, origin, Math.max(nx, ny, nz))
}

/** Cut or zero-padded to `size` voxels a side; the voxel at floor(n/2) stays at floor(size/2). */
export function cropOrPad(volume: Volume, size: number): Volume {
  requireSize(size)
  const n = volume.size
  return size === n ? volume : moveInto(volume.data, [n, n, n], volume.voxelSize, volume.origin, size)
}

function moveInto(data: Float32Array, [nx, ny, nz]: Triple, voxelSize: number, origin: Triple, size: number): Volume {
  const result = new Float32Array(size ** 3)
  const centre = Math.floor(size / 2)
  const [ox, oy, oz] = [centre - Math.floor(nx / 2), centre - Math.floor(ny / 2), centre - Math.floor(nz / 2)]
  const from = Math.max(0, -ox)
  const to = Math.min(nx, size - ox)
  for (let z = Math.max(0, -oz); z < Math.min(nz, size - oz); z++) {
    for (let y = Math.max(0, -oy); y < Math.min(ny, size - oy); y++) {
      const row = (z * ny + y) * nx
      result.set(data.subarray(row + from, row + to), ((z + oz) * size + y + oy) * size + from + ox)
    }
  }
  return makeVolume(size, voxelSize, result, [origin[0] - ox * voxelSize, origin[1] - oy * voxelSize, origin[2] - oz * voxelSize])
}

/**
 * The same field of view on `size` voxels a side: Fourier coefficients cut or zero-padded about the zero frequency, the
 * centre staying at floor(n/2). Values keep their scale (the mean is preserved); the Nyquist planes of even boxes are dropped.
 */
export function fourierResample(volume: Volume, size: number): Volume {
  requireSize(size)
  const n = volume.size
  if (size === n) return volume
  const matrix = resampleMatrix(n, size)
  const data = Float32Array.from(applyAlongAxes(volume.data, n, [matrix, matrix, matrix], size))
  const voxelSize = (volume.voxelSize * n) / size
  const move = Math.floor(n / 2) * volume.voxelSize - Math.floor(size / 2) * voxelSize
  const [x, y, z] = volume.origin
  return makeVolume(size, voxelSize, data, [x + move, y + move, z + move])
}

/** Moved by `shift` voxels (x, y, z; any fraction) by the Fourier phase: what was at x is then at x + shift; cyclic. */
export function shiftVolume(volume: Volume, shift: Triple): Volume {
  const n = volume.size
  const matrices = shift.map((s) => shiftMatrix(n, s)) as [Float64Array, Float64Array, Float64Array]
  return makeVolume(n, volume.voxelSize, Float32Array.from(applyAlongAxes(volume.data, n, matrices, n)), volume.origin)
}

/** Everything at or beyond the Nyquist frequency (|k| >= pi) removed: the part that every rotation keeps. */
export function bandLimit(volume: Volume, radius = volume.size / 2): Volume {
  const n = volume.size
  const re = Float64Array.from(volume.data)
  const im = new Float64Array(n ** 3)
  fft3(re, im, n)
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      const yz = signedFrequency(y, n) ** 2 + signedFrequency(z, n) ** 2
      for (let x = 0; x < n; x++, i++) if (signedFrequency(x, n) ** 2 + yz >= radius * radius) re[i] = im[i] = 0
    }
  }
  fft3(re, im, n, 'inverse')
  return makeVolume(n, volume.voxelSize, Float32Array.from(re), volume.origin)
}

const ROTATION_WINDOW = kaiserBesselWindow(6)

/**
 * `result(x) = v(R^T (x - shift))`, with v(-x) in place of v when mirrored: mirror, then rotate, then shift (voxels).
 * `rotation` is a 3x3 matrix, row-major. The volume is band-limited to |k| < pi and read from a grid twice as fine by
 * Kaiser-Bessel interpolation (error about 1e-5); what would come from outside the box is zero.
 */
export function rotateVolume(volume: Volume, rotation: ArrayLike<number>, options: { shift?: Triple; mirrored?: boolean } = {}): Volume {
  const n = volume.size
  const fine = 2 * n
  const matrix = resampleMatrix(n, fine, (h) => 1 / windowTransform(ROTATION_WINDOW, h / fine))
  const grid = applyAlongAxes(bandLimit(volume).data, n, [matrix, matrix, matrix], fine)
  const sign = options.mirrored ? -1 : 1
  const [sx, sy, sz] = options.shift ?? [0, 0, 0]
  const r = Array.from(rotation, (value) => sign * value)
  const c = Math.floor(n / 2)
  const result = new Float32Array(n ** 3)
  for (let z = 0, i = 0; z < n; z++) {
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++, i++) {
        const dx = x - c - sx
        const dy = y - c - sy
        const dz = z - c - sz
        const px = r[0]! * dx + r[3]! * dy + r[6]! * dz + c
        const py = r[1]! * dx + r[4]! * dy + r[7]! * dz + c
        const pz = r[2]! * dx + r[5]! * dy + r[8]! * dz + c
        if (Math.min(px, py, pz) < -0.5 || Math.max(px, py, pz) > n - 0.5) continue
        result[i] = readFine(grid, fine, 2 * (px - c) + n, 2 * (py - c) + n, 2 * (pz - c) + n)
      }
    }
  }
  return makeVolume(n, volume.voxelSize, result, volume.origin)
}

const TAPS = ROTATION_WINDOW.width
const STEPS = 4096
const windowTable = Float64Array.from({ length: (TAPS / 2) * STEPS + 2 }, (_, i) => windowValue(ROTATION_WINDOW, i / STEPS))
const tapWeight = [new Float64Array(TAPS), new Float64Array(TAPS), new Float64Array(TAPS)] as const
const tapIndex = [new Int32Array(TAPS), new Int32Array(TAPS), new Int32Array(TAPS)] as const

function placeTaps(axis: 0 | 1 | 2, position: number, size: number): void {
  const first = Math.ceil(position - TAPS / 2)
  for (let t = 0; t < TAPS; t++) {
    const u = Math.abs(first + t - position) * STEPS
    const i = Math.floor(u)
    tapWeight[axis][t] = windowTable[i]! + (u - i) * (windowTable[i + 1]! - windowTable[i]!)
    tapIndex[axis][t] = (first + t + size) % size
  }
}

function readFine(grid: Float64Array, size: number, x: number, y: number, z: number): number {
  placeTaps(0, x, size)
  placeTaps(1, y, size)
  placeTaps(2, z, size)
  let sum = 0
  for (let c = 0; c < TAPS; c++) {
    for (let b = 0; b < TAPS; b++) {
      const row = (tapIndex[2][c]! * size + tapIndex[1][b]!) * size
      let line = 0
      for (let a = 0; a < TAPS; a++) line += tapWeight[0][a]! * grid[row + tapIndex[0][a]!]!
      sum += line * tapWeight[2][c]! * tapWeight[1][b]!
    }
  }
  return sum
}

function requireSize(size: number): void {
  if (!Number.isInteger(size) || size < 1) throw new AppError('InvalidInput', `a box must be a whole number of voxels, 1 or more, found ${size}`)
}
