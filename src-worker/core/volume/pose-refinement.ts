import { multiplyRotations, rotationFromVector, type Rotation } from '../geometry/rotation.ts'
import { fft3 } from '../math/fft.ts'
import { readBand, readBandGradient, type BandTransform } from './band-transform.ts'

/** Where a moving volume is put: `x -> moving(+-R^T (x - shift))`, shift in voxels, minus where mirrored. */
export interface VolumePose {
  readonly rotation: Rotation
  readonly shift: readonly [number, number, number]
  readonly mirrored: boolean
}

/** Half the Fourier lattice by rising shell, with the fixed map's values and both maps' shell amplitudes divided out. */
export interface PoseTarget {
  readonly moving: BandTransform
  readonly size: number
  /** kx, ky, kz of each sample, shells. */
  readonly frequency: Float64Array
  readonly shell: Int32Array
  /** ends[s] = number of samples in shells 1..s. */
  readonly ends: Int32Array
  readonly fixedRe: Float64Array
  readonly fixedIm: Float64Array
  /** Root mean square amplitude per shell. */
  readonly fixedAmplitude: Float64Array
  readonly movingAmplitude: Float64Array
}

/** Agreement at a pose: correlation by shell (index 0 unused), and of all shells with their natural amplitudes. */
export interface PoseAgreement {
  readonly byShell: Float64Array
  readonly correlation: number
}

/** Lays out the comparison of two transforms up to `band` shells. */
export function poseTarget(fixed: BandTransform, moving: BandTransform, band: number): PoseTarget {
  const samples: { k: [number, number, number]; shell: number }[] = []
  for (let l = 0; l <= band; l++) {
    for (let k = -band; k <= band; k++) {
      for (let h = -band; h <= band; h++) {
        if (l === 0 && (k < 0 || (k === 0 && h <= 0))) continue
        const length = Math.sqrt(h * h + k * k + l * l)
        if (length > 0 && length <= band) samples.push({ k: [h, k, l], shell: Math.min(band, Math.round(length)) })
      }
    }
  }
  samples.sort((a, b) => a.shell - b.shell)
  const count = samples.length
  const frequency = Float64Array.from(samples.flatMap((sample) => sample.k))
  const shell = Int32Array.from(samples, (sample) => sample.shell)
  const ends = new Int32Array(band + 1)
  for (const s of shell) ends[s]!++
  for (let s = 1; s <= band; s++) ends[s]! += ends[s - 1]!
  const fixedRe = new Float64Array(count)
  const fixedIm = new Float64Array(count)
  const fixedAmplitude = new Float64Array(band + 1)
  const movingAmplitude = new Float64Array(band + 1)
  const value = new Float64Array(2)
  for (let i = 0; i < count; i++) {
    const [h, k, l] = samples[i]!.k
    readBand(moving, h, k, l, value)
    movingAmplitude[shell[i]!]! += value[0]! ** 2 + value[1]! ** 2
    readBand(fixed, h, k, l, value)
    fixedAmplitude[shell[i]!]! += value[0]! ** 2 + value[1]! ** 2
    fixedRe[i] = value[0]!
    fixedIm[i] = value[1]!
  }
  for (const amplitude of [fixedAmplitude, movingAmplitude]) {
    for (let s = 1; s <= band; s++) amplitude[s] = Math.sqrt(amplitude[s]! / (ends[s]! - ends[s - 1]!))
    const floor = 1e-7 * Math.max(...amplitude)
    for (let s = 1; s <= band; s++) amplitude[s] = Math.max(amplitude[s]!, floor)
  }
  for (let i = 0; i < count; i++) {
    fixedRe[i]! /= fixedAmplitude[shell[i]!]!
    fixedIm[i]! /= fixedAmplitude[shell[i]!]!
  }
  return { moving, size: fixed.size, frequency, shell, ends, fixedRe, fixedIm, fixedAmplitude, movingAmplitude }
}

/** Correlation by shell of the posed moving map with the fixed one, shells 1..band. */
export function measurePose(target: PoseTarget, pose: VolumePose, band: number): PoseAgreement {
  const cross = new Float64Array(band + 1)
  const power = new Float64Array(band + 1)
  const values = posedValues(target, pose, band)
  for (let i = 0; i < target.ends[band]!; i++) {
    const [re, im] = [values[2 * i]!, values[2 * i + 1]!]
    cross[target.shell[i]!]! += target.fixedRe[i]! * re + target.fixedIm[i]! * im
    power[target.shell[i]!]! += re * re + im * im
  }
  const byShell = new Float64Array(band + 1)
  let [sum, fixedPower, movingPower] = [0, 0, 0]
  for (let s = 1; s <= band; s++) {
    const count = target.ends[s]! - target.ends[s - 1]!
    byShell[s] = cross[s]! / Math.sqrt(count * power[s]! + 1e-300)
    sum += target.fixedAmplitude[s]! * target.movingAmplitude[s]! * cross[s]!
    fixedPower += target.fixedAmplitude[s]! ** 2 * count
    movingPower += target.movingAmplitude[s]! ** 2 * power[s]!
  }
  return { byShell, correlation: sum / Math.sqrt(fixedPower * movingPower) }
}

/** The shift that best correlates the rotated moving map with the fixed one, by one 3-D transform over all shifts. */
export function searchShift(target: PoseTarget, rotation: Rotation, mirrored: boolean, band: number): VolumePose {
  const steps = band <= 7 ? 16 : band <= 15 ? 32 : 64
  const re = new Float64Array(steps ** 3)
  const im = new Float64Array(steps ** 3)
  const values = posedValues(target, { rotation, shift: [0, 0, 0], mirrored }, band)
  for (let i = 0; i < target.ends[band]!; i++) {
    const index = target.frequency.subarray(3 * i, 3 * i + 3).reduceRight((sum, k) => sum * steps + ((k + steps) % steps), 0)
    const w = 1 / target.shell[i]!
    re[index] = w * (target.fixedRe[i]! * values[2 * i]! + target.fixedIm[i]! * values[2 * i + 1]!)
    im[index] = w * (target.fixedRe[i]! * values[2 * i + 1]! - target.fixedIm[i]! * values[2 * i]!)
  }
  fft3(re, im, steps)
  let best = 0
  for (let i = 1; i < re.length; i++) if (re[i]! > re[best]!) best = i
  const shift = [best % steps, Math.floor(best / steps) % steps, Math.floor(best / steps ** 2)].map((j) => ((j < steps / 2 ? j : j - steps) * target.size) / steps)
  return { rotation, shift: shift as [number, number, number], mirrored }
}

/**
 * Climbs `sum_k q_s Re(conj F(k) exp(-2 pi i k.t / n) M(+-R^T k))` in all six parameters by damped Gauss-Newton steps;
 * F and M whitened by shell, `q = c / (1 - c^2)` with `trust[s]` = c the expected correlation (the likelihood's weight).
 */
export function refinePose(target: PoseTarget, start: VolumePose, trust: Float64Array, options: { band: number; iterations?: number }): VolumePose {
  let pose = start
  let here = climb(target, pose, trust, options.band)
  let damping = 1e-3
  for (let iteration = 0; iteration < (options.iterations ?? 12); iteration++) {
    const step = solveDamped(here.curvature, here.slope, damping)
    const next: VolumePose = {
      rotation: multiplyRotations(rotationFromVector(step[0]!, step[1]!, step[2]!), pose.rotation),
      shift: [pose.shift[0] + step[3]!, pose.shift[1] + step[4]!, pose.shift[2] + step[5]!],
      mirrored: pose.mirrored,
    }
    const there = climb(target, next, trust, options.band)
    if (there.value > here.value) {
      pose = next
      here = there
      damping = Math.max(damping / 10, 1e-6)
    } else damping *= 10
    // 0.003 degrees and a thousandth of a voxel
    if (Math.hypot(step[0]!, step[1]!, step[2]!) < 5e-5 && Math.hypot(step[3]!, step[4]!, step[5]!) < 1e-3) break
    if (damping > 1e4) break
  }
  return pose
}

function posedValues(target: PoseTarget, pose: VolumePose, band: number): Float64Array {
  const count = target.ends[band]!
  const values = new Float64Array(2 * count)
  const r = pose.rotation
  const sign = pose.mirrored ? -1 : 1
  const turn = (-2 * Math.PI) / target.size
  const out = new Float64Array(2)
  for (let i = 0; i < count; i++) {
    const h = target.frequency[3 * i]!
    const k = target.frequency[3 * i + 1]!
    const l = target.frequency[3 * i + 2]!
    readBand(target.moving, sign * (r[0]! * h + r[3]! * k + r[6]! * l), sign * (r[1]! * h + r[4]! * k + r[7]! * l), sign * (r[2]! * h + r[5]! * k + r[8]! * l), out)
    const angle = turn * (h * pose.shift[0] + k * pose.shift[1] + l * pose.shift[2])
    const scale = 1 / target.movingAmplitude[target.shell[i]!]!
    const c = scale * Math.cos(angle)
    const s = scale * Math.sin(angle)
    values[2 * i] = c * out[0]! - s * out[1]!
    values[2 * i + 1] = c * out[1]! + s * out[0]!
  }
  return values
}

/** The objective, its slope in (rotation vector applied after R, shift), and the Gauss-Newton curvature, 6 x 6. */
function climb(target: PoseTarget, pose: VolumePose, trust: Float64Array, band: number): { value: number; slope: Float64Array; curvature: Float64Array } {
  const slope = new Float64Array(6)
  const curvature = new Float64Array(36)
  const r = pose.rotation
  const sign = pose.mirrored ? -1 : 1
  const turn = (-2 * Math.PI) / target.size
  const out = new Float64Array(8)
  const dRe = new Float64Array(6)
  const dIm = new Float64Array(6)
  let value = 0
  for (let i = 0; i < target.ends[band]!; i++) {
    const shell = target.shell[i]!
    const expected = trust[shell]!
    if (expected === 0) continue
    const q = expected / (1 - expected * expected)
    const h = target.frequency[3 * i]!
    const k = target.frequency[3 * i + 1]!
    const l = target.frequency[3 * i + 2]!
    readBandGradient(target.moving, sign * (r[0]! * h + r[3]! * k + r[6]! * l), sign * (r[1]! * h + r[4]! * k + r[7]! * l), sign * (r[2]! * h + r[5]! * k + r[8]! * l), out)
    const angle = turn * (h * pose.shift[0] + k * pose.shift[1] + l * pose.shift[2])
    const c = Math.cos(angle) / target.movingAmplitude[shell]!
    const s = Math.sin(angle) / target.movingAmplitude[shell]!
    for (let j = 0; j < 8; j += 2) {
      const re = out[j]!
      out[j] = c * re - s * out[j + 1]!
      out[j + 1] = c * out[j + 1]! + s * re
    }
    // a = +-R grad; turning by w changes the value by w . (a x k)
    for (let part = 0; part < 2; part++) {
      const d = part === 0 ? dRe : dIm
      const ax = sign * (r[0]! * out[2 + part]! + r[1]! * out[4 + part]! + r[2]! * out[6 + part]!)
      const ay = sign * (r[3]! * out[2 + part]! + r[4]! * out[4 + part]! + r[5]! * out[6 + part]!)
      const az = sign * (r[6]! * out[2 + part]! + r[7]! * out[4 + part]! + r[8]! * out[6 + part]!)
      d[0] = ay * l - az * k
      d[1] = az * h - ax * l
      d[2] = ax * k - ay * h
      const rise = part === 0 ? -turn * out[1]! : turn * out[0]!
      d[3] = h * rise
      d[4] = k * rise
      d[5] = l * rise
    }
    const fRe = target.fixedRe[i]!
    const fIm = target.fixedIm[i]!
    value += q * (fRe * out[0]! + fIm * out[1]!)
    const bend = q * expected
    for (let a = 0; a < 6; a++) {
      slope[a]! += q * (fRe * dRe[a]! + fIm * dIm[a]!)
      for (let b = 0; b <= a; b++) curvature[6 * a + b]! += bend * (dRe[a]! * dRe[b]! + dIm[a]! * dIm[b]!)
    }
  }
  return { value, slope, curvature }
}

/** Solves (H + damping diag H) x = g for symmetric positive 6 x 6 H (lower half given) by Cholesky. */
function solveDamped(curvature: Float64Array, slope: Float64Array, damping: number): Float64Array {
  const n = slope.length
  const lower = Float64Array.from(curvature)
  const floor = 1e-12 * Math.max(...slope.map((_, i) => curvature[i * n + i]!)) + 1e-300
  const x = Float64Array.from(slope)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * n + j]! * (i === j ? 1 + damping : 1)
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / lower[j * n + j]!
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * n + k]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k * n + i]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  return x
}
