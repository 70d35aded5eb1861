import { join } from 'node:path'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import type { Inversion } from './invert-moments.ts'

/** Writes the volume (`volume.mrc`), the other starts (`start-2.mrc` ...) and the viewing distribution (`views.json`). */
export async function writeInversion(context: JobContext, folder: string, inversion: Inversion): Promise<{ map: string; views: string; starts: string[] }> {
  const map = join(folder, 'volume.mrc')
  const views = join(folder, 'views.json')
  const starts: string[] = []
  for (const [index, start] of inversion.starts.entries()) {
    const path = index === 0 ? map : join(folder, `start-${index + 1}.mrc`)
    await writeVolume(path, start.volume, { labels: [`CryoMoment moments, start ${index + 1}, chi2/datum ${start.solution.chiSquarePerDatum.toFixed(3)}`] })
    context.artifact(index === 0 ? 'volume' : 'start', path)
    if (index > 0) starts.push(path)
  }
  const { viewDegree, viewLogits } = inversion.starts[0]!.solution
  const record = {
    kind: 'exponential of real spherical harmonics, degrees 1 to degree; convention: core/README.md',
    degree: viewDegree,
    logits: [...viewLogits],
  }
  await writeFileAtomic(views, `${JSON.stringify(record, undefined, 2)}\n`)
  context.artifact('viewing-distribution', views)
  return { map, views, starts }
}
