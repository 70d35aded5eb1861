import { kaiserBesselWindow, windowTransform, windowValue } from '../math/kaiser-bessel.ts'

const WINDOW = kaiserBesselWindow(4)
const TAPS = WINDOW.width
const GUARD = TAPS / 2 + 1
const STEPS = 2048
const windowTable = Float64Array.from({ length: (TAPS / 2) * STEPS + 3 }, (_, i) => windowValue(WINDOW, i / STEPS))

/**
 * The low frequencies of a cube's Fourier transform, ready to be read at any point and with its gradient: values on a
 * grid twice as fine as the box's own (half a shell), made so that Kaiser-Bessel interpolation gives
 * `V(k) = sum_x v(x) exp(-2 pi i k.x / n)`, x from the box centre, k in shells (cycles per box), to about 1e-3.
 */
export interface BandTransform {
  readonly size: number
  /** Largest |k| that may be read, in shells. */
  readonly band: number
  /** Interleaved re, im at kx from -GUARD/2 up (the other half is conjugate), ky and kz both signs; x fastest. */
  readonly grid: Float32Array
  readonly width: number
  readonly height: number
}

/** Prepares the transform of `size`^3 values up to |k| = `band` shells, by three separable passes. */
export function bandTransform(data: ArrayLike<number>, size: number, band: number): BandTransform {
  const reach = Math.ceil(2 * band) + GUARD
  const width = reach + GUARD + 1
  const height = 2 * reach + 1
  const centre = Math.floor(size / 2)
  const gain = Float64Array.from({ length: size }, (_, i) => 1 / windowTransform(WINDOW, (i - centre) / (2 * size)))
  const phases = Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(2 * height)
    for (let j = 0; j < height; j++) {
      const angle = (-Math.PI * (j - reach) * (i - centre)) / size
      row[2 * j] = gain[i]! * Math.cos(angle)
      row[2 * j + 1] = gain[i]! * Math.sin(angle)
    }
    return row
  })
  const first = reach - GUARD
  const alongX = new Float64Array(2 * width * size * size)
  for (let line = 0; line < size * size; line++) {
    const target = 2 * width * line
    for (let i = 0; i < size; i++) {
      const value = data[line * size + i]!
      if (value === 0) continue
      const phase = phases[i]!
      for (let j = 0; j < 2 * width; j++) alongX[target + j]! += value * phase[2 * first + j]!
    }
  }
  const alongY = new Float64Array(2 * width * height * size)
  for (let z = 0; z < size; z++) {
    for (let j = 0; j < height; j++) {
      if (Math.abs(j - reach) > 2 * band + GUARD) continue
      for (let y = 0; y < size; y++) addRow(alongX, 2 * width * (z * size + y), alongY, 2 * width * (z * height + j), width, phases[y]!, j)
    }
  }
  const grid = new Float32Array(2 * width * height * height)
  const row = new Float64Array(2 * width)
  const limit = (2 * band + GUARD) ** 2
  for (let l = 0; l < height; l++) {
    for (let j = 0; j < height; j++) {
      if ((j - reach) ** 2 + (l - reach) ** 2 > 2 * limit) continue
      row.fill(0)
      for (let z = 0; z < size; z++) addRow(alongY, 2 * width * (z * height + j), row, 0, width, phases[z]!, l)
      grid.set(row, 2 * width * (l * height + j))
    }
  }
  return { size, band, grid, width, height }
}

function addRow(from: Float64Array, source: number, to: Float64Array, target: number, width: number, phase: Float64Array, j: number): void {
  const c = phase[2 * j]!
  const s = phase[2 * j + 1]!
  for (let i = 0; i < 2 * width; i += 2) {
    const re = from[source + i]!
    const im = from[source + i + 1]!
    to[target + i]! += re * c - im * s
    to[target + i + 1]! += re * s + im * c
  }
}

const weight = [new Float64Array(TAPS), new Float64Array(TAPS), new Float64Array(TAPS)] as const
const slope = [new Float64Array(TAPS), new Float64Array(TAPS), new Float64Array(TAPS)] as const

function placeTaps(axis: 0 | 1 | 2, position: number): number {
  const start = Math.ceil(position - TAPS / 2)
  for (let t = 0; t < TAPS; t++) {
    const u = start + t - position
    const step = Math.abs(u) * STEPS
    const i = Math.floor(step)
    const rise = windowTable[i + 1]! - windowTable[i]!
    weight[axis][t] = windowTable[i]! + (step - i) * rise
    slope[axis][t] = u < 0 ? rise * STEPS : -rise * STEPS
  }
  return start
}

/** Writes V(k) as [re, im] into `out`. k in shells, |k| <= band. */
export function readBand(transform: BandTransform, kx: number, ky: number, kz: number, out: Float64Array): void {
  const flip = kx < 0 ? -1 : 1
  const { grid, width, height } = transform
  const reach = (height - 1) / 2
  const x = placeTaps(0, 2 * flip * kx + GUARD)
  const y = placeTaps(1, 2 * flip * ky + reach)
  const z = placeTaps(2, 2 * flip * kz + reach)
  let re = 0
  let im = 0
  for (let c = 0; c < TAPS; c++) {
    for (let b = 0; b < TAPS; b++) {
      const index = 2 * (((z + c) * height + y + b) * width + x)
      let lineRe = 0
      let lineIm = 0
      for (let a = 0; a < TAPS; a++) {
        lineRe += weight[0][a]! * grid[index + 2 * a]!
        lineIm += weight[0][a]! * grid[index + 2 * a + 1]!
      }
      const w = weight[1][b]! * weight[2][c]!
      re += w * lineRe
      im += w * lineIm
    }
  }
  out[0] = re
  out[1] = flip * im
}

/** Writes V(k) and its gradient (per shell) into `out`: [re, im, dx re, dx im, dy re, dy im, dz re, dz im]. */
export function readBandGradient(transform: BandTransform, kx: number, ky: number, kz: number, out: Float64Array): void {
  const flip = kx < 0 ? -1 : 1
  const { grid, width, height } = transform
  const reach = (height - 1) / 2
  const x = placeTaps(0, 2 * flip * kx + GUARD)
  const y = placeTaps(1, 2 * flip * ky + reach)
  const z = placeTaps(2, 2 * flip * kz + reach)
  out.fill(0)
  for (let c = 0; c < TAPS; c++) {
    for (let b = 0; b < TAPS; b++) {
      const index = 2 * (((z + c) * height + y + b) * width + x)
      let re = 0
      let im = 0
      let slopeRe = 0
      let slopeIm = 0
      for (let a = 0; a < TAPS; a++) {
        const valueRe = grid[index + 2 * a]!
        const valueIm = grid[index + 2 * a + 1]!
        re += weight[0][a]! * valueRe
        im += weight[0][a]! * valueIm
        slopeRe += slope[0][a]! * valueRe
        slopeIm += slope[0][a]! * valueIm
      }
      const w = weight[1][b]! * weight[2][c]!
      const wy = slope[1][b]! * weight[2][c]!
      const wz = weight[1][b]! * slope[2][c]!
      out[0]! += w * re
      out[1]! += w * im
      out[2]! += w * slopeRe
      out[3]! += w * slopeIm
      out[4]! += wy * re
      out[5]! += wy * im
      out[6]! += wz * re
      out[7]! += wz * im
    }
  }
  // a grid step is half a shell; V(k) = conj V(-k), so the gradient of the flipped half is -conj
  out[1]! *= flip
  for (let i = 2; i < 8; i += 2) {
    out[i]! *= 2 * flip
    out[i + 1]! *= 2
  }
}
