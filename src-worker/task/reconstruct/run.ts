import { AppError } from '#core/error.ts'
import { makeFolder } from '#io/make-folder.ts'
import { readMoments } from '#io/moments-file.ts'
import type { JobContext } from '#job/context.ts'
import { resultFolder } from '#job/job-folder.ts'
import { predictedPart, residualParts, startParts, viewingPart } from '../result/result-parts.ts'
import { solutionNumbers } from '../result/solution-numbers.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import { requireSameInputs } from '../same-inputs.ts'
import { invertMoments } from './invert-moments.ts'
import type { ReconstructSettings } from './settings.ts'
import { startTable } from './start-table.ts'
import { estimateUncertainty, uncertaintySummary } from './uncertainty.ts'
import { writeInversion } from './write-inversion.ts'
import { writeUncertainty } from './write-uncertainty.ts'

/** Inverts a moments file into a volume and a viewing distribution. */
export async function run(context: JobContext, settings: ReconstructSettings): Promise<Record<string, unknown>> {
  if (context.folder === undefined) throw new AppError('Internal', 'reconstruct needs a job folder')
  context.stages([{ name: 'read', weight: 1 }, { name: 'reconstruct', weight: 20 }, ...(settings.bootstrap > 0 ? [{ name: 'uncertainty', weight: 2 * settings.bootstrap }] : [])])
  await requireSameInputs(context, [settings.moments])
  const set = await context.stage('read', () => readMoments(settings.moments))
  const inversion = await context.stage('reconstruct', () => invertMoments(context, set, settings))
  const folder = resultFolder(context.folder)
  await makeFolder(folder)
  const files = await writeInversion(context, folder, inversion)
  const best = inversion.starts[0]!.solution
  const uncertainty = settings.bootstrap > 0 ? await context.stage('uncertainty', () => estimateUncertainty(context, set, inversion, settings)) : undefined
  const spread = uncertainty && (await writeUncertainty(context, folder, uncertainty))
  const starts = startTable(inversion)
  await writeResultRecord(context, {
    maps: [{ role: 'map', title: 'Volume from the moments', file: files.map }, ...files.starts.map((file, i) => ({ role: 'start', title: `Start ${i + 2}`, file })), ...(spread ? [{ role: 'uncertainty', title: 'Standard deviation', file: spread.uncertainty }] : [])],
    ...(uncertainty && { fsc: [predictedPart(uncertainty)] }),
    viewing: viewingPart({ solution: best }, {}),
    residuals: residualParts(best.residuals),
    starts: startParts(starts),
    numbers: solutionNumbers(best, { radius: inversion.radius, pixelSize: set.specification.pixelSize }),
  })
  return {
    chiSquarePerDatum: best.chiSquarePerDatum,
    ...best.errors,
    thirdMoment: inversion.third,
    radius: inversion.radius,
    starts,
    ...(uncertainty && { uncertainty: uncertaintySummary(uncertainty) }),
    seconds: inversion.seconds,
    files: { map: files.map, views: files.views, starts: files.starts, ...spread },
  }
}
