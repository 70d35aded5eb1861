import type { JobSummary } from '#contract/job.ts'

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** Tasks that compare two maps as they are given; every other one compares its result with the map that it began with. */
const WITHOUT_TRUTH = ['fsc', 'align']

/** The resolution a task's summary speaks of: FSC 0.5 against the truth where there is one, else 0.143 between half-maps. */
export function jobResolution(task: string, summary: unknown): JobSummary['resolution'] {
  if (typeof summary !== 'object' || summary === null) return undefined
  const fields = summary as Readonly<Record<string, unknown>>
  const against = numberOf(fields['resolution05'])
  if (against !== undefined) {
    const shell = numberOf(fields['shell05']) ?? shellOf(fields, against)
    return shell === undefined ? undefined : { angstrom: against, shell, rule: `FSC 0.5 against the ${WITHOUT_TRUTH.includes(task) ? 'other map' : 'truth'}, first crossing` }
  }
  const half = numberOf(fields['halfResolution0143'])
  const shell = numberOf(fields['halfShell0143']) ?? (half === undefined ? undefined : shellOf(fields, half))
  return half === undefined || shell === undefined ? undefined : { angstrom: half, shell, rule: 'FSC 0.143 between half-maps, first crossing' }
}

function shellOf(fields: Readonly<Record<string, unknown>>, angstrom: number): number | undefined {
  const box = numberOf(fields['boxSize']) ?? numberOf(fields['box'])
  const voxelSize = numberOf(fields['voxelSize']) ?? numberOf(fields['pixelSize'])
  return box === undefined || voxelSize === undefined ? undefined : (box * voxelSize) / angstrom
}
