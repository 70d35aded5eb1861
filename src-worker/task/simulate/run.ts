import { AppError } from '#core/error.ts'
import type { JobContext } from '#job/context.ts'
import { resultFolder } from '#job/job-folder.ts'
import { mixtureViewing } from '../result/result-parts.ts'
import { simulationNumbers } from '../result/solution-numbers.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import { requireSameInputs } from '../same-inputs.ts'
import { mapSource } from './map-source.ts'
import type { SimulateSettings } from './settings.ts'
import { simulateMap, type SimulateSummary } from './simulate-map.ts'

/** Simulates particle images of a map into `<job folder>/result`. */
export async function run(context: JobContext, settings: SimulateSettings): Promise<SimulateSummary> {
  const { folder } = context
  if (folder === undefined) throw new AppError('Internal', 'simulate needs a job folder')
  context.stages([{ name: 'prepare', weight: 1 }, { name: 'simulate', weight: 20 }])
  await requireSameInputs(context, [settings.map, settings.noiseSpectrum])
  const source = await context.stage('prepare', () => mapSource(settings.map, settings.voxelSize))
  return context.stage('simulate', async () => {
    const { summary, views } = await simulateMap(context, source, settings, resultFolder(folder))
    await writeResultRecord(context, { maps: [{ role: 'truth', title: 'The map as simulated', file: summary.files.map }], viewing: mixtureViewing(views), numbers: simulationNumbers(summary) })
    return summary
  })
}
