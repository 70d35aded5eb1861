import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { FscCurveDescription, Result } from '#contract/result.ts'
import { AppError } from '#core/error.ts'
import { resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { RESULT_RECORD, resultRecordSchema, type ResultRecord } from '#job/result-record.ts'
import { roleOfFile } from './file-role.ts'

const THRESHOLDS = [0.5, 0.143]
const FIRST_CROSSING = 'first crossing, linear interpolation'
const RELION_RULE = 'RELION: last shell before the crossing'

/** What a job's folder of results says, with nothing in it where the task writes none. Errors: a damaged record. */
export async function readResultRecord(jobFolder: string): Promise<ResultRecord> {
  const path = join(jobFolder, JOB_FILES.results, RESULT_RECORD)
  const text = await readFile(path, 'utf8').catch(() => undefined) // a job of an earlier version, or not done
  if (text === undefined) return { version: 1, maps: [], fsc: [], residuals: [], starts: [], numbers: [] }
  const parsed = resultRecordSchema.safeParse(JSON.parse(text))
  if (!parsed.success) throw new AppError('UnsupportedFormat', `${path}: not a result that this version of CryoMoment reads`, { file: path }, parsed.error)
  return parsed.data
}

export interface ResultPlace {
  readonly job: string
  /** Absolute. */
  readonly folder: string
  /** How a page names a file: relative to the project where it lies inside. */
  readonly nameOf: (path: string) => string
}

/** A job's result as the contract has it. */
export async function readResult({ job, folder, nameOf }: ResultPlace): Promise<Result> {
  const record = await readResultRecord(folder)
  const results = join(folder, JOB_FILES.results)
  const path = (file: string): string => nameOf(resolve(results, file))
  const { alignment } = record
  return {
    job,
    maps: record.maps.map(({ role, title, file }) => ({ role, title, path: path(file) })),
    fsc: record.fsc.map(describeCurve),
    ...(alignment && {
      alignment: {
        ...alignment,
        ...(alignment.before !== undefined && { before: path(alignment.before) }),
        ...(alignment.after !== undefined && { after: path(alignment.after) }),
        ...(alignment.truth !== undefined && { truth: path(alignment.truth) }),
      },
    }),
    ...(record.viewing && { viewing: record.viewing }),
    residuals: record.residuals,
    starts: record.starts,
    numbers: record.numbers,
    files: await listFiles(folder, nameOf),
  }
}

/** A recorded curve as mathematics reads it. */
export function curveOf({ correlation, boxSize, voxelSize }: ResultRecord['fsc'][number]): FscCurve {
  return { frequency: Float64Array.from(correlation, (_, i) => i / (boxSize * voxelSize)), correlation: Float64Array.from(correlation), boxSize, voxelSize }
}

/** The threshold that counts comes first. */
function describeCurve(recorded: ResultRecord['fsc'][number]): FscCurveDescription {
  const curve = curveOf(recorded)
  const thresholds = [recorded.threshold, ...THRESHOLDS.filter((threshold) => threshold !== recorded.threshold)]
  const extent = recorded.boxSize * recorded.voxelSize
  return {
    id: recorded.id,
    title: recorded.title,
    frequency: [...curve.frequency],
    correlation: recorded.correlation,
    ...(recorded.band && { band: recorded.band }),
    resolutions: thresholds.flatMap((threshold, i) => {
      const { shell, resolution, relionResolution, crossed } = resolutionAt(curve, threshold)
      const ours = { threshold, shell, angstrom: resolution, crossed, rule: FIRST_CROSSING }
      return i > 0 ? [ours] : [ours, { threshold, shell: relionResolution === 999 ? 0 : extent / relionResolution, angstrom: relionResolution === 999 ? null : relionResolution, crossed, rule: RELION_RULE }]
    }),
  }
}

async function listFiles(folder: string, nameOf: (path: string) => string): Promise<Result['files']> {
  const found: { name: string; path: string }[] = []
  for (const part of [JOB_FILES.results, JOB_FILES.particles]) {
    const names = await readdir(join(folder, part), { recursive: true, withFileTypes: true }).catch(() => []) // not every job has both
    for (const entry of names) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && !entry.name.startsWith('.') && entry.name !== RESULT_RECORD) found.push({ name: path.slice(folder.length + 1).split(sep).join('/'), path })
    }
  }
  found.sort((a, b) => a.name.localeCompare(b.name))
  return Promise.all(found.map(async ({ name, path }) => ({ name, role: roleOfFile(name), bytes: (await stat(path)).size, downloadUrl: `/bytes/file?path=${encodeURIComponent(nameOf(path))}` })))
}
