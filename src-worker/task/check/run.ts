import { join } from 'node:path'
import { writeFileAtomic } from '#io/atomic-file.ts'
import type { JobContext } from '#job/context.ts'
import { resultFolder } from '#job/job-folder.ts'
import type { CheckReport } from './check-line.ts'
import { checkParticles } from './check-particles.ts'
import type { CheckSettings } from './settings.ts'

/** Checks particles before a run; a job with a folder keeps the lines as `check.json`. */
export async function run(context: JobContext, settings: CheckSettings): Promise<CheckReport> {
  context.stages([{ name: 'check', weight: 1 }])
  const report = await context.stage('check', () => checkParticles(settings, { seed: context.seed, onProgress: (fraction) => context.progress(fraction) }))
  if (context.folder !== undefined) {
    const path = join(resultFolder(context.folder), 'check.json')
    await writeFileAtomic(path, `${JSON.stringify(report, undefined, 2)}\n`)
    context.artifact('check', path)
  }
  return report
}
