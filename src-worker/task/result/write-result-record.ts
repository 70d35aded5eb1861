import { join, relative, sep } from 'node:path'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { RESULT_RECORD, type ResultRecord } from '#job/result-record.ts'
import type { JobContext } from '#job/context.ts'

type Parts = Partial<Omit<ResultRecord, 'version'>>

/** Writes `result/result.json` into the job's folder, files in it relative; nothing without a folder. Infinite numbers become null, which JSON has. */
export async function writeResultRecord(context: JobContext, parts: Parts): Promise<void> {
  const { folder } = context
  if (folder === undefined) return
  const results = join(folder, JOB_FILES.results)
  const named = (file: string): string => {
    const inside = relative(folder, file)
    return inside.startsWith('..') ? file : relative(results, file).split(sep).join('/')
  }
  const { alignment } = parts
  const file = (key: 'before' | 'after' | 'truth'): Record<string, string> => (alignment?.[key] === undefined ? {} : { [key]: named(alignment[key]) })
  const record: ResultRecord = {
    version: 1,
    maps: (parts.maps ?? []).map((map) => ({ ...map, file: named(map.file) })),
    fsc: parts.fsc ?? [],
    ...(alignment && { alignment: { ...alignment, ...file('before'), ...file('after'), ...file('truth') } }),
    ...(parts.viewing && { viewing: parts.viewing }),
    residuals: parts.residuals ?? [],
    starts: parts.starts ?? [],
    numbers: parts.numbers ?? [],
  }
  await writeFileAtomic(join(results, RESULT_RECORD), `${JSON.stringify(record)}\n`)
  context.artifact('result', join(results, RESULT_RECORD))
}
