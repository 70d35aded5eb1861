import { join } from 'node:path'
import { isAppError } from '#core/error.ts'
import { fourierShellCorrelation, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import type { MomentSet } from '#core/moments/moment-set.ts'
import { writeFsc } from '#io/export/write-fsc.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { halfVolumes } from '../reconstruct/half-volumes.ts'
import { invertMoments, type Inversion } from '../reconstruct/invert-moments.ts'
import { startTable, type StartSummary } from '../reconstruct/start-table.ts'
import { writeInversion } from '../reconstruct/write-inversion.ts'
import type { RunSettings } from './settings.ts'

/** What the moments of a run gave. */
export interface InvertedMoments {
  readonly inversion: Inversion
  readonly starts: readonly StartSummary[]
  /** Shell to which the two best independent starts agree; undefined with a single one. */
  readonly agreement: number | undefined
  readonly files: Readonly<Record<string, string>>
}

/** Inverts the moments and writes what came out; undefined, with a warning, where they hold no signal and images will be refined anyway. */
export async function invertStage(context: JobContext, set: MomentSet, settings: RunSettings, folder: string): Promise<InvertedMoments | undefined> {
  let inversion: Inversion
  try {
    inversion = await invertMoments(context, set, settings)
  } catch (error) {
    if (settings.method === 'moments' || !isAppError(error, 'InvalidInput')) throw error
    context.log('warning', `the moments give no start (${error.message}): the refinement begins from random models`)
    return undefined
  }
  const { map, views } = await writeInversion(context, folder, inversion)
  const starts = startTable(inversion)
  return { inversion, starts, agreement: starts[1]?.shellAgainstBest, files: { momentsMap: map, views } }
}

/** Half-maps from the moments of each half, and their correlation within the last band. */
export async function halfStage(context: JobContext, set: MomentSet, options: { settings: RunSettings; inversion: Inversion; folder: string }): Promise<{ curve: FscCurve; files: Record<string, string> }> {
  const { settings, inversion, folder } = options
  const halves = await halfVolumes(context, set, inversion, settings)
  const files = { halfA: join(folder, 'half-a.mrc'), halfB: join(folder, 'half-b.mrc'), fscHalf: join(folder, 'fsc-half.star') }
  const curve = withinBand(fourierShellCorrelation(halves[0], halves[1]), inversion.bands.at(-1)!.maxFrequency)
  await writeVolume(files.halfA, halves[0], { labels: ['CryoMoment: half-set 1'] })
  await writeVolume(files.halfB, halves[1], { labels: ['CryoMoment: half-set 2'] })
  await writeFsc(files.fscHalf, [{ name: 'half-maps', kind: 'unmasked', curve }], 'Half-maps')
  return { curve, files }
}

// Beyond the last band moments say nothing; what both halves keep there of their common start is not agreement.
function withinBand(curve: FscCurve, maxFrequency: number): FscCurve {
  const last = Math.ceil((maxFrequency * curve.boxSize) / (2 * Math.PI))
  return { ...curve, correlation: curve.correlation.map((value, shell) => (shell > last ? 0 : value)) }
}
