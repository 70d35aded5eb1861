import { requireInput } from '../error.ts'

/** One image's contrast transfer function, in RELION's parameters. */
export interface CtfParameters {
  /** Underfocus along the two axes, Angstrom; positive is under focus. */
  readonly defocusU: number
  readonly defocusV: number
  /** From the image's x axis to the axis of `defocusU`, radians. */
  readonly defocusAngle: number
  /** Accelerating voltage, kV. */
  readonly voltage: number
  /** mm */
  readonly sphericalAberration: number
  /** A fraction, 0 to 1. */
  readonly amplitudeContrast: number
  /** Of a phase plate, radians; default 0. */
  readonly phaseShift?: number
  /** Angstrom^2; the envelope is exp(-B s^2 / 4); default 0. */
  readonly bFactor?: number
  /** Factor on the whole function; default 1. */
  readonly scale?: number
}

/** Coefficients of the phase in s: what evaluation needs. */
export interface Ctf {
  /** gamma = xx sx^2 + 2 xy sx sy + yy sy^2 + quartic s^4 - constant */
  readonly xx: number
  readonly xy: number
  readonly yy: number
  readonly quartic: number
  readonly constant: number
  readonly damping: number
  readonly scale: number
}

/** Relativistic wavelength, Angstrom, of a voltage in kV: 12.2643247 / sqrt(U (1 + 0.978466e-6 U)), U in volts. */
export function electronWavelength(voltage: number): number {
  const volts = 1000 * voltage
  return 12.2643247 / Math.sqrt(volts * (1 + 0.978466e-6 * volts))
}

/**
 * RELION's model: h(s) = -scale sin(gamma) exp(-B s^2 / 4),
 * gamma = -pi lambda dz(phi) s^2 + (pi / 2) Cs lambda^3 s^4 - phase shift - atan(Q / sqrt(1 - Q^2)),
 * dz(phi) = dU cos^2(phi - phi0) + dV sin^2(phi - phi0), s in 1/Angstrom (Rohou and Grigorieff 2015, eqs 2 to 4; checked
 * against relion_project). Under focus, h is positive near s = 0: protein that is light stays light.
 *
 * Errors: InvalidInput for a voltage that is not positive or an amplitude contrast outside 0 to 1.
 */
export function ctf(parameters: CtfParameters): Ctf {
  const { defocusU, defocusV, defocusAngle, voltage, sphericalAberration, amplitudeContrast: q, phaseShift = 0, bFactor = 0, scale = 1 } = parameters
  requireInput(voltage > 0, () => `the voltage is ${voltage} kV, expected more than 0`, { field: 'voltage', found: voltage })
  requireInput(q >= 0 && q <= 1, () => `the amplitude contrast is ${q}, expected 0 to 1`, { field: 'amplitudeContrast', found: q })
  const wavelength = electronWavelength(voltage)
  const [c, s] = [Math.cos(defocusAngle), Math.sin(defocusAngle)]
  const unit = -Math.PI * wavelength
  return {
    xx: unit * (defocusU * c * c + defocusV * s * s),
    xy: unit * (defocusU - defocusV) * c * s,
    yy: unit * (defocusU * s * s + defocusV * c * c),
    quartic: (Math.PI / 2) * sphericalAberration * 1e7 * wavelength ** 3,
    constant: phaseShift + Math.atan2(q, Math.sqrt(1 - q * q)),
    damping: bFactor / 4,
    scale,
  }
}

/** The value at a frequency (sx, sy), 1/Angstrom. */
export function ctfAt({ xx, xy, yy, quartic, constant, damping, scale }: Ctf, sx: number, sy: number): number {
  const square = sx * sx + sy * sy
  const gamma = xx * sx * sx + 2 * xy * sx * sy + yy * sy * sy + quartic * square * square - constant
  return -scale * Math.sin(gamma) * (damping === 0 ? 1 : Math.exp(-damping * square))
}

/** The value at |s| of the function without astigmatism (mean defocus): what polar methods use. */
export function radialCtfAt({ xx, yy, quartic, constant, damping, scale }: Ctf, s: number): number {
  const square = s * s
  const gamma = (0.5 * (xx + yy) + quartic * square) * square - constant
  return -scale * Math.sin(gamma) * (damping === 0 ? 1 : Math.exp(-damping * square))
}

/** Values over a plain size x size transform (`fft2`: x fastest, zero frequency first). Shape: size^2. */
export function ctfGrid(parameters: CtfParameters, size: number, pixelSize: number): Float64Array {
  const function_ = ctf(parameters)
  const step = 1 / (size * pixelSize)
  const values = new Float64Array(size * size)
  for (let y = 0, i = 0; y < size; y++) {
    const sy = step * (y <= size / 2 ? y : y - size)
    for (let x = 0; x < size; x++, i++) values[i] = ctfAt(function_, step * (x <= size / 2 ? x : x - size), sy)
  }
  return values
}

/** How far (Angstrom) detail of frequency s (1/Angstrom) is displaced: |lambda dz s - Cs lambda^3 s^3|. */
export function delocalization(parameters: Pick<CtfParameters, 'defocusU' | 'defocusV' | 'voltage' | 'sphericalAberration'>, s: number): number {
  const wavelength = electronWavelength(parameters.voltage)
  const defocus = Math.max(Math.abs(parameters.defocusU), Math.abs(parameters.defocusV))
  return Math.abs(wavelength * defocus * s - parameters.sphericalAberration * 1e7 * wavelength ** 3 * s ** 3)
}
