import { readFile } from 'node:fs/promises'
import { AppError, requireInput } from '#core/error.ts'
import { coloringFilter, lawSpectrum, tabulatedSpectrum } from '#core/image/noise-color.ts'
import type { Imaging } from './imaging.ts'
import type { imagingFields, SimulateSettings } from './settings.ts'

export type ImagingSettings = Pick<SimulateSettings, keyof typeof imagingFields>

/** What the settings mean for images of a box; undefined where projections stay as they are and noise is white. */
export async function imagingOf(settings: ImagingSettings, size: number, pixelSize: number): Promise<Imaging | undefined> {
  const noiseFilter = await noiseFilterOf(settings, size, pixelSize)
  if (!settings.ctf && settings.shiftSigma === 0 && !noiseFilter && !settings.dark) return undefined
  const { voltage, sphericalAberration, amplitudeContrast, astigmatism } = settings
  return {
    pixelSize,
    ...(settings.ctf && {
      microscope: { defocus: [settings.defocusMin, settings.defocusMax], astigmatism, voltage, sphericalAberration, amplitudeContrast, phaseShift: (settings.phaseShift * Math.PI) / 180, bFactor: settings.ctfBFactor },
    }),
    ...(settings.shiftSigma > 0 && { shift: settings.shiftSigma }),
    ...(noiseFilter && { noiseFilter }),
    ...(settings.dark && { invert: true }),
  }
}

async function noiseFilterOf(settings: ImagingSettings, size: number, pixelSize: number): Promise<Float64Array | undefined> {
  if (settings.noiseKnee !== undefined) return coloringFilter(lawSpectrum({ knee: 1 / settings.noiseKnee, exponent: settings.noiseExponent }, size, pixelSize))
  if (settings.noiseSpectrum !== undefined) return coloringFilter(tabulatedSpectrum(await readSpectrum(settings.noiseSpectrum), size, pixelSize))
  return undefined
}

/** Two columns of numbers, frequency in 1/Angstrom ascending and power; lines that begin with # are left out. */
async function readSpectrum(path: string): Promise<{ frequency: number[]; power: number[] }> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new AppError('NotFound', `${path}: cannot be read, expected a text file of frequencies and powers`, { file: path }, error)
  })
  const lines = text.split(/\r?\n/)
  const frequency: number[] = []
  const power: number[] = []
  lines.forEach((line, index) => {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) return
    const [s, p, ...more] = content.split(/[\s,]+/).map(Number)
    const valid = more.length === 0 && s !== undefined && p !== undefined && Number.isFinite(s) && p > 0 && s > (frequency.at(-1) ?? -1)
    requireInput(valid, () => `${path}: line ${index + 1} is ${JSON.stringify(content)}, expected a frequency in 1/Angstrom above the one before and a power above 0`, { file: path, line: index + 1 })
    frequency.push(s!)
    power.push(p!)
  })
  requireInput(frequency.length >= 2, () => `${path}: ${frequency.length} frequencies, expected two or more`, { file: path, found: frequency.length })
  return { frequency, power }
}
