import { dirname, join } from 'node:path'
import { momentBases, combineParts } from '#core/moments/moment-set.ts'
import { writeMoments } from '#io/moments-file.ts'
import { makeFolder } from '#io/make-folder.ts'
import type { ImageOptions } from '#io/particle-images.ts'
import type { JobContext } from '#job/context.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { momentNumbers } from '../result/solution-numbers.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import { estimateMoments } from './estimate.ts'
import type { EstimateMomentsSettings } from './settings.ts'

/** Reads particle images once and writes their moments. */
export async function run(context: JobContext, settings: EstimateMomentsSettings): Promise<Record<string, unknown>> {
  context.stages([{ name: 'moments', weight: 1 }])
  const began = performance.now()
  const checkpointPath = context.folder === undefined ? `${settings.out}.unfinished` : join(context.folder, JOB_FILES.checkpoints, 'moments.h5')
  if (context.folder !== undefined) await makeFolder(dirname(checkpointPath))
  const set = await context.stage('moments', () => estimateMoments(context, { ...settings, reading: imageOptions(settings), checkpointPath }))
  await writeMoments(settings.out, set)
  context.artifact('moments', settings.out)
  const { specification } = set
  const total = combineParts(set, momentBases(specification))
  const seconds = (performance.now() - began) / 1000
  await writeResultRecord(context, { numbers: momentNumbers(set, total.imageCount) })
  return {
    images: total.imageCount,
    box: specification.boxSize,
    pixelSize: specification.pixelSize,
    sigma: Math.sqrt(set.noiseVariance),
    noiseSource: set.noiseSource,
    parts: set.parts.length,
    seconds,
    imagesPerSecond: total.imageCount / seconds,
    files: { moments: settings.out },
  }
}

function imageOptions({ datadir, stripPrefix, invert, normalize, pixelSize, workingBox }: EstimateMomentsSettings): ImageOptions | undefined {
  const options = { datadir, stripPrefix, pixelSize, workingBox, ...(invert && { invert }), ...(normalize && { normalize }) }
  return Object.values(options).some((value) => value !== undefined) ? options : undefined
}
