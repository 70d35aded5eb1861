import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import type { MomentSet } from '#core/moments/moment-set.ts'
import { resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import type { Volume } from '#core/volume/volume.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { reportHtml } from '#io/export/report.ts'
import { makeFolder } from '#io/make-folder.ts'
import { writeMoments } from '#io/moments-file.ts'
import type { JobContext } from '#job/context.ts'
import { JOB_FILES, resultFolder } from '#job/job-folder.ts'
import { estimateMoments } from '../estimate-moments/estimate.ts'
import { evaluateAgainstTruth, type Evaluation } from '../evaluate/evaluate-against-truth.ts'
import { writeEvaluation } from '../evaluate/write-evaluation.ts'
import { estimateUncertainty, uncertaintySummary, type Uncertainty } from '../reconstruct/uncertainty.ts'
import { writeUncertainty } from '../reconstruct/write-uncertainty.ts'
import { halfMapCurve, refinedUncertainty, writeRefinement } from '../refine/write-refinement.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import { halfStage, invertStage, type InvertedMoments } from './invert-stage.ts'
import { obtainImages, type Images } from './obtain-images.ts'
import { refineStage } from './refine-stage.ts'
import { runReport } from './run-report.ts'
import { runResult } from './run-result.ts'
import type { RunSettings } from './settings.ts'
import { StageClock } from './stage-clock.ts'

/** The whole way: images, moments, volume and viewing distribution, refinement in two halves, evaluation and report. */
export async function run(context: JobContext, settings: RunSettings): Promise<Record<string, unknown>> {
  const { folder } = context
  if (folder === undefined) throw new AppError('Internal', 'run needs a job folder')
  const result = resultFolder(folder)
  await makeFolder(result)
  const refining = settings.method === 'refine'
  context.stages([
    { name: 'simulate', weight: settings.particles === undefined ? 20 : 1 },
    { name: 'moments', weight: 20 },
    { name: 'reconstruct', weight: 25 },
    ...(settings.bootstrap > 0 ? [{ name: 'uncertainty', weight: 2 * settings.bootstrap }] : []),
    ...(refining ? [{ name: 'load', weight: 5 }, { name: 'initial-model', weight: 5 }, { name: 'refine', weight: 60 }] : [{ name: 'half-maps', weight: 15 }]),
    { name: 'evaluate', weight: 10 },
  ])
  const clock = new StageClock()
  const images = await clock.time('simulate', () => context.stage('simulate', () => obtainImages(context, settings, folder)))
  const momentsPath = join(result, 'moments.h5')
  const set = await clock.time('moments', () => context.stage('moments', () => takeMoments(context, settings, { images, folder, path: momentsPath })))
  const inverted = await clock.time('reconstruct', () => context.stage('reconstruct', () => invertStage(context, set, settings, result)))
  const files: Record<string, string> = { moments: momentsPath, ...inverted?.files }
  const uncertainty = inverted && settings.bootstrap > 0 ? await clock.time('uncertainty', () => context.stage('uncertainty', () => estimateUncertainty(context, set, inverted.inversion, settings))) : undefined
  if (uncertainty) Object.assign(files, await writeUncertainty(context, result, uncertainty))
  const outcome = await clock.time(refining ? 'refine' : 'half-maps', () => (refining ? refined(context, { settings, images, set, inverted, result }) : fromMomentsAlone(context, { settings, set, inverted: inverted!, result })))
  Object.assign(files, outcome.files)
  const { truth } = images
  const evaluation = await clock.time('evaluate', () =>
    context.stage('evaluate', async () => {
      if (!truth) return undefined
      const found = await evaluateAgainstTruth(context, outcome.volume, truth, inverted ? { maskRadius: inverted.inversion.radius } : {})
      Object.assign(files, await writeEvaluation(context, result, found))
      return found
    }),
  )
  files.report = join(result, 'report.html')
  const disagreements = disagreement(inverted, settings)
  for (const warning of disagreements) context.log('warning', warning)
  const warnings = [...disagreements, ...(outcome.refinement?.refined.warnings ?? [])]
  const found = { context, settings, images, set, inverted, uncertainty, refinement: outcome.refinement, volume: outcome.volume, evaluation, halfCurve: outcome.halfCurve, clock, files, warnings }
  const html = reportHtml(runReport(found))
  await writeFileAtomic(files.report, html)
  context.artifact('report', files.report)
  await writeResultRecord(context, runResult({ ...found, files: { ...files, ...(images.truthFile !== undefined && { truth: images.truthFile }) } }))
  if (settings.discardParticles && images.simulated !== undefined) await unlink(images.simulated)
  return summary({ images, set, inverted, uncertainty, outcome, evaluation, clock, files, warnings })
}

interface Outcome {
  readonly volume: Volume
  readonly halfCurve: FscCurve
  readonly files: Record<string, string>
  readonly refinement?: Awaited<ReturnType<typeof refineStage>>
}

async function takeMoments(context: JobContext, settings: RunSettings, where: { images: Images; folder: string; path: string }): Promise<MomentSet> {
  const checkpoints = join(where.folder, JOB_FILES.checkpoints)
  await makeFolder(checkpoints)
  const moments = await estimateMoments(context, { ...settings, particles: where.images.particles, sigma: settings.whiten ? undefined : where.images.sigma, checkpointPath: join(checkpoints, 'moments.h5'), keepFinished: true })
  await writeMoments(where.path, moments)
  context.artifact('moments', where.path)
  return moments
}

async function fromMomentsAlone(context: JobContext, options: { settings: RunSettings; set: MomentSet; inverted: InvertedMoments; result: string }): Promise<Outcome> {
  const { settings, set, inverted, result } = options
  const { inversion } = inverted
  const { curve, files } = await context.stage('half-maps', () => halfStage(context, set, { settings, inversion, folder: result }))
  return { volume: inversion.starts[0]!.volume, halfCurve: curve, files: { map: inverted.files.momentsMap!, ...files } }
}

async function refined(context: JobContext, options: { settings: RunSettings; images: Images; set: MomentSet; inverted: InvertedMoments | undefined; result: string }): Promise<Outcome> {
  const { settings, images, set, inverted, result } = options
  const refinement = await refineStage(context, set, { settings, particles: images.particles, inverted })
  const { map, halfA, halfB, fsc, poses, views, uncertainty, uncertaintyRanges } = await writeRefinement(context, result, images.particles, refinement.refined)
  return { volume: refinement.refined.refinement.map, halfCurve: halfMapCurve(refinement.refined), files: { map, halfA, halfB, fscHalf: fsc, poses, refinedViews: views, refinedUncertainty: uncertainty, refinedUncertaintyRanges: uncertaintyRanges }, refinement }
}

function disagreement(inverted: InvertedMoments | undefined, settings: RunSettings): string[] {
  if (!inverted || inverted.agreement === undefined || inverted.agreement >= 6) return []
  return [`The independent starts from the moments agree only to shell ${inverted.agreement.toFixed(1)}: ${settings.method === 'moments' ? 'do not trust detail beyond it; take more images or refine them' : 'the refinement began from random models of the images'}.`]
}

interface Finished {
  readonly images: Images
  readonly set: MomentSet
  readonly inverted: InvertedMoments | undefined
  readonly uncertainty: Uncertainty | undefined
  readonly outcome: Outcome
  readonly evaluation: Evaluation | undefined
  readonly clock: StageClock
  readonly files: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

function summary({ images, set, inverted, uncertainty, outcome, evaluation, clock, files, warnings }: Finished): Record<string, unknown> {
  const best = inverted?.inversion.starts[0]?.solution
  const times = clock.seconds
  return {
    resolution05: evaluation?.unmasked.at05.resolution ?? null,
    resolution0143: evaluation?.unmasked.at0143.resolution ?? null,
    shell05: evaluation?.unmasked.at05.shell ?? null,
    nyquistShell: Math.floor(outcome.volume.size / 2),
    m1RelativeError: best?.errors.m1RelativeError ?? null,
    m1NoiseFloor: best?.errors.m1NoiseFloor ?? null,
    m2RelativeError: best?.errors.m2RelativeError ?? null,
    m2NoiseFloor: best?.errors.m2NoiseFloor ?? null,
    chiSquarePerDatum: best?.chiSquarePerDatum ?? null,
    halfResolution0143: resolutionAt(outcome.halfCurve, 0.143).resolution,
    hand: evaluation === undefined ? 'unknown' : evaluation.alignment.mirrored ? 'mirrored' : 'same',
    snr: images.snr,
    sigma: Math.sqrt(set.noiseVariance),
    ...(outcome.refinement && { refinedUncertainty: { fscBand: refinedUncertainty(outcome.refinement.refined).fscBand, shell05: refinedUncertainty(outcome.refinement.refined).shell05 } }),
    startedFrom: outcome.refinement ? (outcome.refinement.fromMoments ? 'moments' : 'random models') : 'moments',
    starts: inverted?.starts ?? [],
    agreement: inverted?.agreement ?? null,
    ...(uncertainty && { uncertainty: uncertaintySummary(uncertainty) }),
    warnings,
    stages: Object.entries(times).map(([name, seconds]) => ({ name, seconds })),
    seconds: { simulate: times.simulate, moments: times.moments, reconstruct: (times.reconstruct ?? 0) + (times['half-maps'] ?? 0), ...(times.refine !== undefined && { refine: times.refine }), evaluate: times.evaluate },
    files,
  }
}
