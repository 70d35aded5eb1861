import { ctfParametersOf, type Particles } from '#core/format/particles.ts'
import { requireInput } from '#core/error.ts'
import { NoiseSpectrumEstimator, outsideDisc, type NoiseSpectrum } from '#core/image/noise-spectrum.ts'
import { whiteningFilter } from '#core/image/whiten.ts'
import { binMeans, radialBins, type TransferGroup } from '#core/moments/transfer.ts'
import { electronWavelength, type CtfParameters } from '#core/optics/ctf.ts'
import type { StackReader } from '#io/stack-file.ts'
import { CTF_FIELDS, packCtf, TransferGrid, type ImageFilters } from './image-filters.ts'

/** How images are filtered before their moments are taken, and the groups of transfers that the moments keep. */
export interface TransferPlan {
  readonly filters: ImageFilters
  readonly groups: readonly TransferGroup[]
  /** Of each optics group, in the order of the filters; empty where images are not whitened. */
  readonly spectra: readonly NoiseSpectrum[]
}

export interface TransferPlanOptions {
  readonly images: StackReader
  readonly particles: Particles | undefined
  readonly ctf: boolean
  readonly whiten: boolean
  /** Of the disc that holds the particle, pixels. */
  readonly radius: number
  /** rad per pixel: how far transfers of one group must agree. */
  readonly maxFrequency: number
}

/** Images the noise spectrum of an optics group is estimated from, at most. */
const SPECTRUM_IMAGES = 1000
/** Images whose transfers are averaged for their group, at most. */
const GROUP_SAMPLE = 64
/** Phase (radians) by which the CTFs of a group differ from its middle at the band limit. */
const GROUP_PHASE = 0.3
const MOST_GROUPS = 60

/** Filters from the particles' CTFs and the noise of their optics groups; undefined where there is nothing to do. Errors: InvalidInput for CTF values that cannot be used. */
export async function planTransfer(options: TransferPlanOptions): Promise<TransferPlan | undefined> {
  const { images, particles, ctf, whiten } = options
  if (!ctf && !whiten) return undefined
  const { count, size, pixelSize } = images
  const opticsOf = particles?.groupOf ?? new Int32Array(count)
  const spectra = whiten ? await noiseSpectra(images, opticsOf, options.radius) : []
  const values = ctf ? packAll(particles!, count) : new Float64Array(0)
  const { groupOf, groups } = groupImages({ count, opticsOf, values, maxFrequency: options.maxFrequency, pixelSize })
  const filters: ImageFilters = { size, pixelSize, whitening: spectra.map((spectrum) => whiteningFilter(spectrum)), whiteningOf: Int32Array.from(opticsOf), ctf: values, groupOf, groups }
  return { filters, groups: groupTransfers(filters), spectra }
}

async function noiseSpectra(images: StackReader, opticsOf: Int32Array, radius: number): Promise<NoiseSpectrum[]> {
  const { size } = images
  const groups = opticsOf.reduce((most, group) => Math.max(most, group), 0) + 1
  const rows = Array.from({ length: groups }, (): number[] => [])
  opticsOf.forEach((group, i) => rows[group]!.push(i))
  const spectra: NoiseSpectrum[] = []
  for (const members of rows) {
    const estimator = new NoiseSpectrumEstimator(size, outsideDisc(size, radius))
    const step = Math.max(1, members.length / SPECTRUM_IMAGES)
    let used = 0
    for (let at = 0; at < members.length; at += step) {
      const image = await images.read(members[Math.floor(at)]!, 1)
      if (!image.every(Number.isFinite)) continue
      estimator.add(image)
      used++
    }
    // An optics group that no particle uses has no spectrum; it needs none.
    spectra.push(used > 0 ? withoutHole(estimator.estimate()) : { size, power: new Float64Array(Math.floor(size / 2) + 1).fill(1), variance: 1 })
  }
  requireInput(spectra.every(({ variance }) => variance > 0), () => 'the noise spectrum cannot be estimated: the pixels outside the disc hold only constant values')
  return spectra
}

// The mean that was taken off every image is missing in the lowest shells; noise falls with frequency, so that these are
// not below the next ones. Left as they are, whitening would blow them up.
function withoutHole(spectrum: NoiseSpectrum): NoiseSpectrum {
  const power = spectrum.power.slice()
  const next = [3, 4, 5].reduce((sum, shell) => sum + (power[shell] ?? power.at(-1)!) / 3, 0)
  for (const shell of [2, 1, 0]) power[shell] = Math.max(power[shell]!, next, shell === 0 ? power[1]! : 0)
  return { ...spectrum, power }
}

function packAll(particles: Particles, count: number): Float64Array {
  const values = new Float64Array(count * CTF_FIELDS)
  for (let i = 0; i < count; i++) {
    const row = packCtf(ctfParametersOf(particles, i)!)
    requireInput(row.every(Number.isFinite), () => `${particles.path}: the CTF of particle ${i + 1} holds a value that is not a number`, { file: particles.path, particle: i + 1 })
    values.set(row, i * CTF_FIELDS)
  }
  return values
}

// Images of one optics group, phase shift, B-factor and scale, in bins of mean defocus.
function groupImages(options: { count: number; opticsOf: Int32Array; values: Float64Array; maxFrequency: number; pixelSize: number }): { groupOf: Int32Array; groups: number } {
  const { count, opticsOf, values, maxFrequency, pixelSize } = options
  const row = (i: number): CtfParameters => ({ defocusU: values[i * CTF_FIELDS]!, defocusV: values[i * CTF_FIELDS + 1]!, defocusAngle: 0, voltage: values[i * CTF_FIELDS + 3]!, sphericalAberration: values[i * CTF_FIELDS + 4]!, amplitudeContrast: values[i * CTF_FIELDS + 5]!, phaseShift: values[i * CTF_FIELDS + 6]!, bFactor: values[i * CTF_FIELDS + 7]!, scale: values[i * CTF_FIELDS + 8]! })
  const s = maxFrequency / (2 * Math.PI * pixelSize)
  let width = 0
  if (values.length > 0) {
    let [low, high] = [Infinity, -Infinity]
    for (let i = 0; i < count; i++) {
      const { defocusU, defocusV } = row(i)
      low = Math.min(low, 0.5 * (defocusU + defocusV))
      high = Math.max(high, 0.5 * (defocusU + defocusV))
    }
    width = Math.max((2 * GROUP_PHASE) / (Math.PI * electronWavelength(row(0).voltage) * s * s), (high - low) / MOST_GROUPS, 1)
  }
  const places = new Map<string, number>()
  const groupOf = Int32Array.from({ length: count }, (_, i) => {
    let key = String(opticsOf[i])
    if (values.length > 0) {
      const { defocusU, defocusV, phaseShift, bFactor } = row(i)
      key = [opticsOf[i], Math.floor((0.5 * (defocusU + defocusV)) / width), Math.round(phaseShift! / 0.1), Math.round(bFactor! / 20)].join()
    }
    if (!places.has(key)) places.set(key, places.size)
    return places.get(key)!
  })
  return { groupOf, groups: places.size }
}

function groupTransfers(filters: ImageFilters): TransferGroup[] {
  const { size, groupOf, groups } = filters
  const members = Array.from({ length: groups }, (): number[] => [])
  groupOf.forEach((group, i) => members[group]!.push(i))
  const bins = radialBins(size)
  const grid = new TransferGrid(filters)
  const values = new Float64Array(size * size)
  return members.map((rows) => {
    const step = Math.max(1, rows.length / GROUP_SAMPLE)
    const mean = new Float64Array(size * size)
    let used = 0
    for (let at = 0; at < rows.length; at += step) {
      grid.of(rows[Math.floor(at)]!, values)
      for (let p = 0; p < mean.length; p++) mean[p]! += values[p]! ** 2
      used++
    }
    return { square: binMeans(mean.map((value) => value / used), bins) }
  })
}
