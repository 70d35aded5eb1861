import { resolve } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { AppError, isAppError } from '#core/error.ts'
import { mixtureToRecord } from '#core/distribution/mixture-record.ts'
import { prepareTruth, type Truth } from '#core/volume/prepare-truth.ts'
import type { Volume } from '#core/volume/volume.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { fileHash } from '#io/file-hash.ts'
import { readVolume, writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { resultFolder } from '#job/job-folder.ts'
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

/** Simulates particle images of a map into `<job folder>/result`: particles.mrcs, particles.star, truth.json, truth.mrc. */
export async function run(context: JobContext, settings: SimulateSettings): Promise<SimulateSummary> {
  if (context.folder === undefined) throw new AppError('Internal', 'simulate needs a job folder')
  const started = performance.now()
  const folder = resultFolder(context.folder)
  context.stages([{ name: 'prepare', weight: 1 }, { name: 'simulate', weight: 20 }])
  const { truth, warnings, source } = await context.stage('prepare', () => prepare(context, settings))
  const views = await viewingDirections(settings.views, context.seed, settings.components)
  await makeFolder(folder)
  const particles = await context.stage('simulate', () => simulateParticles(context, truth.volume, folder, { count: settings.images, mixture: views, sigma: settings.sigma, snr: settings.snr, seed: context.seed }))
  const files = { particles: particles.stack, star: particles.star, truth: `${folder}/truth.json`, map: `${folder}/truth.mrc` }
  await writeVolume(files.map, truth.volume, { labels: ['CryoMoment simulate: the volume as used'] })
  const common = { images: settings.images, box: truth.volume.size, pixelSize: truth.volume.voxelSize, sigma: particles.sigma, snr: particles.snr, cleanEnergy: particles.cleanEnergy }
  const record = {
    ...common,
    seed: context.seed,
    scale: { kind: settings.scale, factor: truth.factor },
    views: { kind: settings.views === 'uniform' || settings.views === 'random' ? settings.views : 'file', ...mixtureToRecord(views) },
    source,
    warnings,
  }
  await writeFileAtomic(files.truth, `${JSON.stringify(record, undefined, 2)}\n`)
  for (const [role, path] of Object.entries(files)) context.artifact(role, path)
  return { ...common, seconds: (performance.now() - started) / 1000, warnings, files }
}

interface Prepared {
  readonly truth: Truth
  readonly warnings: readonly string[]
  readonly source: { readonly path: string; readonly sha256: string; readonly box: number; readonly voxelSize: number }
}

async function prepare(context: JobContext, settings: SimulateSettings): Promise<Prepared> {
  const path = resolve(settings.map)
  const { volume, warnings } = await readVolume(path, settings.voxelSize === undefined ? {} : { voxelSize: settings.voxelSize })
  const truth = named(path, volume, settings)
  const all = [...warnings, ...truth.warnings]
  for (const warning of all) context.log('warning', warning, { file: path })
  return { truth, warnings: all, source: { path, sha256: await fileHash(path), box: volume.size, voxelSize: volume.voxelSize } }
}

// The same refusals with the file's name in front.
function named(path: string, volume: Volume, settings: SimulateSettings): Truth {
  try {
    return prepareTruth(volume, settings.box, { scale: settings.scale, pixelSize: settings.pixelSize })
  } catch (error) {
    if (isAppError(error, 'InvalidInput')) throw new AppError('InvalidInput', `${path}: ${error.message}`, { file: path, ...error.fields }, error)
    throw error
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new AppError('InvalidInput', `cannot write to ${folder}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`, { folder }, error)
  }
}
