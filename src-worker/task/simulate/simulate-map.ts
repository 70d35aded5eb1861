import { mixtureToRecord } from '#core/distribution/mixture-record.ts'
import type { VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { AppError } from '#core/error.ts'
import type { Volume } from '#core/volume/volume.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { makeFolder } from '#io/make-folder.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { imagingOf, type ImagingSettings } from './imaging-settings.ts'
import { prepareSource } from './prepare-source.ts'
import type { SimulateSettings } from './settings.ts'
import { simulateParticles } from './simulate-particles.ts'
import { viewingDirections } from './viewing-directions.ts'

/** What a simulation did, as plain JSON. */
export interface SimulateSummary {
  readonly images: number
  readonly box: number
  readonly pixelSize: number
  readonly sigma: number
  readonly snr: number | null
  /** Mean of |I|^2 over the clean images. */
  readonly cleanEnergy: number
  readonly seconds: number
  readonly warnings: readonly string[]
  readonly files: { readonly particles: string; readonly star: string; readonly truth: string; readonly map: string }
}

/** The volume to simulate from, and where it is from. */
export interface SimulationSource {
  /** A file path, or a name such as `phantom`: what messages begin with. */
  readonly name: string
  readonly volume: Volume
  readonly warnings: readonly string[]
  /** Plain JSON for the record. */
  readonly record: Readonly<Record<string, unknown>>
}

export interface Simulation {
  readonly summary: SimulateSummary
  readonly truth: Volume
  readonly views: VonMisesFisherMixture
}

/** Simulates particle images of a volume into a folder: particles.mrcs, particles.star, truth.json, truth.mrc. */
export async function simulateMap(context: JobContext, source: SimulationSource, settings: Omit<SimulateSettings, 'map'>, folder: string): Promise<Simulation> {
  const started = performance.now()
  const truth = prepareSource(source, settings.box, { scale: settings.scale, pixelSize: settings.pixelSize })
  const warnings = [...source.warnings, ...truth.warnings]
  for (const warning of warnings) context.log('warning', warning, { source: source.name })
  const views = await viewingDirections(settings.views, context.seed, settings.components)
  const imaging = await imagingOf(settings, truth.volume.size, truth.volume.voxelSize)
  await makeWritable(folder)
  const particles = await simulateParticles(context, truth.volume, folder, { count: settings.images, mixture: views, sigma: settings.sigma, snr: settings.snr, seed: context.seed, imaging })
  const files = { particles: particles.stack, star: particles.star, truth: `${folder}/truth.json`, map: `${folder}/truth.mrc` }
  await writeVolume(files.map, truth.volume, { labels: ['CryoMoment simulate: the volume as used'] })
  const common = { images: settings.images, box: truth.volume.size, pixelSize: truth.volume.voxelSize, sigma: particles.sigma, snr: particles.snr, cleanEnergy: particles.cleanEnergy }
  const record = {
    ...common,
    seed: context.seed,
    scale: { kind: settings.scale, factor: truth.factor },
    views: { kind: settings.views === 'uniform' || settings.views === 'random' ? settings.views : 'file', ...mixtureToRecord(views) },
    ...(imaging && { imaging: imagingRecord(settings) }),
    source: source.record,
    warnings,
  }
  await writeFileAtomic(files.truth, `${JSON.stringify(record, undefined, 2)}\n`)
  for (const [role, path] of Object.entries(files)) context.artifact(role, path)
  return { summary: { ...common, seconds: (performance.now() - started) / 1000, warnings, files }, truth: truth.volume, views }
}

function imagingRecord({ ctf, defocusMin, defocusMax, astigmatism, voltage, sphericalAberration, amplitudeContrast, phaseShift, ctfBFactor, shiftSigma, noiseKnee, noiseExponent, noiseSpectrum, dark }: ImagingSettings): Record<string, unknown> {
  return {
    ...(ctf && { defocus: [defocusMin, defocusMax], astigmatism, voltage, sphericalAberration, amplitudeContrast, phaseShift, bFactor: ctfBFactor }),
    ...(shiftSigma > 0 && { shiftSigma }),
    ...(noiseKnee !== undefined && { noiseKnee, noiseExponent }),
    ...(noiseSpectrum !== undefined && { noiseSpectrum }),
    ...(dark && { dark }),
  }
}

/** Makes a folder; a refusal is a sentence. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
  } catch (error) {
    throw new AppError('InvalidInput', `cannot write to ${folder}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`, { folder }, error)
  }
}
