import { join } from 'node:path'
import { mixtureToRecord } from '#core/distribution/mixture-record.ts'
import { AppError } from '#core/error.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { writeMoments } from '#io/moments-file.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { resultFolder } from '#job/job-folder.ts'
import { mixtureViewing } from '../result/result-parts.ts'
import { simulationNumbers } from '../result/solution-numbers.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import { mapSource } from '../simulate/map-source.ts'
import { prepareSource } from '../simulate/prepare-source.ts'
import { makeWritable } from '../simulate/simulate-map.ts'
import { viewingDirections } from '../simulate/viewing-directions.ts'
import type { SimulateMomentsSettings } from './settings.ts'
import { simulateMoments } from './simulate-moments.ts'

/** Simulates the moments of images of a map into `<job folder>/result`: moments.h5, truth.mrc, truth.json. */
export async function run(context: JobContext, settings: SimulateMomentsSettings): Promise<Record<string, unknown>> {
  if (context.folder === undefined) throw new AppError('Internal', 'simulate-moments needs a job folder')
  const began = performance.now()
  context.stages([{ name: 'prepare', weight: 1 }, { name: 'simulate', weight: 20 }])
  const { source, truth, views } = await context.stage('prepare', async () => {
    const from = await mapSource(settings.map, settings.voxelSize)
    return { source: from, truth: prepareSource(from, settings.box, { scale: settings.scale, pixelSize: settings.pixelSize }), views: await viewingDirections(settings.views, context.seed, settings.components) }
  })
  const warnings = [...source.warnings, ...truth.warnings]
  for (const warning of warnings) context.log('warning', warning, { source: source.name })
  const folder = resultFolder(context.folder)
  await makeWritable(folder)
  const { set, sigma, snr, cleanEnergy } = await context.stage('simulate', () => simulateMoments(context, truth.volume, views, settings))
  const files = { moments: join(folder, 'moments.h5'), truth: join(folder, 'truth.json'), map: join(folder, 'truth.mrc') }
  await writeMoments(files.moments, { ...set, provenance: { ...set.provenance, source: source.record } })
  await writeVolume(files.map, truth.volume, { labels: ['CryoMoment simulate-moments: the volume as used'] })
  const common = { images: settings.images, box: truth.volume.size, pixelSize: truth.volume.voxelSize, sigma, snr, cleanEnergy }
  const record = {
    ...common,
    seed: context.seed,
    scale: { kind: settings.scale, factor: truth.factor },
    views: { kind: settings.views === 'uniform' || settings.views === 'random' ? settings.views : 'file', ...mixtureToRecord(views) },
    source: source.record,
    warnings,
  }
  await writeFileAtomic(files.truth, `${JSON.stringify(record, undefined, 2)}\n`)
  for (const [role, path] of Object.entries(files)) context.artifact(role, path)
  await writeResultRecord(context, { maps: [{ role: 'truth', title: 'The map as simulated', file: files.map }], viewing: mixtureViewing(views), numbers: simulationNumbers(common) })
  return { ...common, parts: set.parts.length, seconds: (performance.now() - began) / 1000, warnings, files }
}
