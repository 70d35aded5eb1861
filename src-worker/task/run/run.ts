import { rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import { fourierShellCorrelation, resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { reportHtml } from '#io/export/report.ts'
import { writeFsc } from '#io/export/write-fsc.ts'
import { makeFolder } from '#io/make-folder.ts'
import { writeMoments } from '#io/moments-file.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { JOB_FILES, resultFolder } from '#job/job-folder.ts'
import { estimateMoments } from '../estimate-moments/estimate.ts'
import { evaluateAgainstTruth } from '../evaluate/evaluate-against-truth.ts'
import { writeEvaluation } from '../evaluate/write-evaluation.ts'
import { halfVolumes } from '../reconstruct/half-volumes.ts'
import { invertMoments } from '../reconstruct/invert-moments.ts'
import { startTable } from '../reconstruct/start-table.ts'
import { writeInversion } from '../reconstruct/write-inversion.ts'
import { obtainImages } from './obtain-images.ts'
import { runReport } from './run-report.ts'
import type { RunSettings } from './settings.ts'

/** The whole way: images, moments, volume and viewing distribution, half-maps, evaluation and report. */
export async function run(context: JobContext, settings: RunSettings): Promise<Record<string, unknown>> {
  const { folder } = context
  if (folder === undefined) throw new AppError('Internal', 'run needs a job folder')
  const result = resultFolder(folder)
  await makeFolder(result)
  context.stages([
    { name: 'simulate', weight: settings.particles === undefined ? 20 : 1 },
    { name: 'moments', weight: 25 },
    { name: 'reconstruct', weight: 25 },
    { name: 'half-maps', weight: 15 },
    { name: 'evaluate', weight: 10 },
  ])
  const seconds = { simulate: 0, moments: 0, reconstruct: 0, evaluate: 0 }
  const timed = async <T>(part: keyof typeof seconds, stage: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const value = await context.stage(stage, work)
    seconds[part] += (performance.now() - began) / 1000
    return value
  }
  const images = await timed('simulate', 'simulate', () => obtainImages(context, settings, folder))
  const momentsPath = join(result, 'moments.h5')
  const set = await timed('moments', 'moments', async () => {
    const checkpoints = join(folder, JOB_FILES.checkpoints)
    await makeFolder(checkpoints)
    const moments = await estimateMoments(context, { ...settings, particles: images.particles, sigma: images.sigma, checkpointPath: join(checkpoints, 'moments.h5') })
    await rmdir(checkpoints).catch(() => undefined) // somebody else's checkpoint may be there
    await writeMoments(momentsPath, moments)
    return moments
  })
  context.artifact('moments', momentsPath)
  if (settings.discardParticles && images.simulated !== undefined) await unlink(images.simulated)
  const inversion = await timed('reconstruct', 'reconstruct', () => invertMoments(context, set, settings))
  const written = await writeInversion(context, result, inversion)
  const halves = await timed('reconstruct', 'half-maps', () => halfVolumes(context, set, inversion, settings))
  const files: Record<string, string> = { map: written.map, views: written.views, moments: momentsPath, halfA: join(result, 'half-a.mrc'), halfB: join(result, 'half-b.mrc'), fscHalf: join(result, 'fsc-half.star') }
  const halfCurve = withinBand(fourierShellCorrelation(halves[0], halves[1]), inversion.bands.at(-1)!.maxFrequency)
  await writeVolume(files.halfA!, halves[0], { labels: ['CryoMoment: half-set 1'] })
  await writeVolume(files.halfB!, halves[1], { labels: ['CryoMoment: half-set 2'] })
  await writeFsc(files.fscHalf!, [{ name: 'half-maps', kind: 'unmasked', curve: halfCurve }], 'Half-maps')
  const volume = inversion.starts[0]!.volume
  const truth = images.truth
  const evaluation = await timed('evaluate', 'evaluate', async () => {
    if (!truth) return undefined
    const found = await evaluateAgainstTruth(context, volume, truth, { maskRadius: inversion.radius })
    Object.assign(files, await writeEvaluation(context, result, found))
    return found
  })
  const starts = startTable(inversion)
  files.report = join(result, 'report.html')
  const html = reportHtml(runReport({ context, settings, images, set, inversion, starts, evaluation, halfCurve, seconds, files }))
  await writeFileAtomic(files.report, html)
  context.artifact('report', files.report)
  const errors = inversion.starts[0]!.solution.errors
  const nyquistShell = Math.floor(volume.size / 2)
  return {
    resolution05: evaluation?.unmasked.at05.resolution ?? null,
    resolution0143: evaluation?.unmasked.at0143.resolution ?? null,
    shell05: evaluation?.unmasked.at05.shell ?? null,
    nyquistShell,
    ...errors,
    chiSquarePerDatum: inversion.starts[0]!.solution.chiSquarePerDatum,
    halfResolution0143: halfResolution(halfCurve),
    hand: evaluation === undefined ? 'unknown' : evaluation.alignment.mirrored ? 'mirrored' : 'same',
    snr: images.snr,
    sigma: Math.sqrt(set.noiseVariance),
    seconds,
    starts,
    files,
  }
}

// Beyond the last band moments say nothing; what both halves keep there of their common start is not agreement.
function withinBand(curve: FscCurve, maxFrequency: number): FscCurve {
  const last = Math.ceil((maxFrequency * curve.boxSize) / (2 * Math.PI))
  return { ...curve, correlation: curve.correlation.map((value, shell) => (shell > last ? 0 : value)) }
}

function halfResolution(curve: FscCurve): number {
  return resolutionAt(curve, 0.143).resolution
}
