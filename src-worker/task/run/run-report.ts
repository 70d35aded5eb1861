import { evaluateHarmonicDensity } from '#core/distribution/harmonic-density.ts'
import { mixtureDensity } from '#core/distribution/von-mises-fisher.ts'
import type { MomentSet } from '#core/moments/moment-set.ts'
import { resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import type { ReportInput, ReportMetric } from '#io/export/report-input.ts'
import type { JobContext } from '#job/context.ts'
import type { Evaluation } from '../evaluate/evaluate-against-truth.ts'
import { evaluationReport } from '../evaluate/evaluation-report.ts'
import type { Inversion } from '../reconstruct/invert-moments.ts'
import type { StartSummary } from '../reconstruct/start-table.ts'
import type { Images } from './obtain-images.ts'
import type { RunSettings } from './settings.ts'

export interface RunOutcome {
  readonly context: JobContext
  readonly settings: RunSettings
  readonly images: Images
  readonly set: MomentSet
  readonly inversion: Inversion
  readonly starts: readonly StartSummary[]
  readonly evaluation: Evaluation | undefined
  readonly halfCurve: FscCurve
  readonly seconds: Readonly<Record<string, number>>
  readonly files: Readonly<Record<string, string>>
}

/** The page about a run. */
export function runReport(outcome: RunOutcome): ReportInput {
  const { context, settings, images, set, inversion, evaluation, halfCurve, seconds, files } = outcome
  const half = resolutionAt(halfCurve, 0.143)
  const shared = evaluation && images.truth ? evaluationReport(evaluation, images.truth) : undefined
  return {
    title: 'Reconstruction from moments',
    summary: summary(outcome),
    metrics: metrics(outcome),
    ...(shared ?? { volumes: { maps: [{ name: 'Reconstruction', volume: inversion.starts[0]!.volume }] } }),
    fsc: {
      curves: [...(shared?.fsc?.curves ?? []), { name: 'half-maps (one from each half of the images)', kind: 'unmasked', curve: halfCurve }],
      ...(shared?.fsc?.text !== undefined && { text: `${shared.fsc.text} The half-maps share the first band (up to shell ${shellOf(inversion, set, 0)}) and are independent beyond; their curve crosses 0.143 at ${half.resolution.toFixed(1)} Å.` }),
    },
    views: views(outcome),
    moments: moments(outcome),
    starts: startsTable(outcome),
    timings: Object.entries(seconds).map(([stage, value]) => ({ stage, seconds: value })),
    settings: { ...settings },
    provenance: { seed: context.seed, images: images.count, 'box (px)': images.box, 'pixel size (Å)': images.pixelSize, 'noise sigma': Math.sqrt(set.noiseVariance), 'particle radius (px)': inversion.radius, date: new Date().toISOString() },
    files: Object.entries(files).map(([what, path]) => ({ path, what })),
  }
}

function shellOf(inversion: Inversion, set: MomentSet, band: number): string {
  return ((inversion.bands[band]!.maxFrequency * set.specification.boxSize) / (2 * Math.PI)).toFixed(1)
}

function summary({ images, evaluation, inversion, set }: RunOutcome): string {
  const third = inversion.third ? 'The first three moments' : 'The first and second moment'
  const noise = images.snr === null ? `noise sigma ${Math.sqrt(set.noiseVariance).toPrecision(3)} a pixel` : `a signal-to-noise ratio of ${images.snr.toPrecision(2)} a pixel`
  const reached = evaluation ? ` The result agrees with the truth to ${evaluation.unmasked.at05.resolution.toFixed(1)} Å (FSC 0.5), shell ${evaluation.unmasked.at05.shell.toFixed(1)} of ${Math.floor(images.box / 2)}.` : ''
  const warning = inversion.third ? '' : ' Without the third moment the volume is not determined: take this as a low-resolution start.'
  return `${third} of ${images.what}, ${noise}, read once and inverted from random starts.${reached}${warning}`
}

function metrics({ images, evaluation, inversion, halfCurve, seconds }: RunOutcome): ReportMetric[] {
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0)
  const best = inversion.starts[0]!.solution
  return [
    ...(evaluation
      ? [{ label: 'Resolution, FSC 0.5', value: evaluation.unmasked.at05.resolution.toFixed(1), unit: 'Å', note: `shell ${evaluation.unmasked.at05.shell.toFixed(1)} of ${Math.floor(images.box / 2)}, first crossing, unmasked` }]
      : []),
    { label: 'Half-maps, FSC 0.143', value: resolutionAt(halfCurve, 0.143).resolution.toFixed(1), unit: 'Å', note: 'first crossing, unmasked' },
    { label: 'Fit', value: best.chiSquarePerDatum.toFixed(2), note: 'chi-square per datum; 1 is the noise' },
    { label: 'Images', value: images.count.toLocaleString('en'), note: images.snr === null ? 'read once' : `read once, SNR ${images.snr.toPrecision(2)}` },
    { label: 'Time', value: total.toFixed(0), unit: 's', note: 'simulation included' },
  ]
}

function views({ images, inversion, evaluation }: RunOutcome): NonNullable<ReportInput['views']> {
  const { viewDegree: degree, viewLogits: logits } = inversion.starts[0]!.solution
  const mixture = images.views
  return {
    densities: [
      ...(mixture ? [{ name: 'Truth', density: (w: Float64Array) => Float64Array.from({ length: w.length / 3 }, (_, j) => mixtureDensity(mixture, w[3 * j]!, w[3 * j + 1]!, w[3 * j + 2]!)) }] : []),
      {
        name: 'Estimated',
        density: (w: Float64Array) => evaluateHarmonicDensity({ degree, logits }, w),
        ...(evaluation && { rotation: evaluation.alignment.rotation }),
      },
    ],
    text: 'Density of viewing directions; the estimate was fitted together with the volume and is turned by the same alignment.',
  }
}

function moments({ inversion }: RunOutcome): NonNullable<ReportInput['moments']> {
  const { errors, parts } = inversion.starts[0]!.solution
  return {
    rows: [
      { name: 'First moment', relativeError: errors.m1RelativeError, noiseFloor: errors.m1NoiseFloor, chiSquarePerDatum: parts[0] },
      { name: 'Second moment', relativeError: errors.m2RelativeError, noiseFloor: errors.m2NoiseFloor, chiSquarePerDatum: parts[1] },
      ...(inversion.third ? [{ name: 'Third moment', chiSquarePerDatum: parts[2] }] : []),
    ],
    text: 'In the noise-whitened steerable components of the last band. The noise floor is what the finite number of images makes of a perfect fit; a fit below it follows the noise.',
  }
}

function startsTable({ inversion, starts, set }: RunOutcome): NonNullable<ReportInput['starts']> {
  const first = shellOf(inversion, set, 0)
  return {
    caption: `${inversion.tried.length} random starts in the first band (shell ${first}): chi-square per datum ${inversion.tried.map((start) => start.chiSquarePerDatum.toFixed(2)).join(', ')}. The best went on:`,
    columns: ['seed', 'chi-square per datum', 'M1', 'M2', 'M3', 'agrees with the best to shell', 'seconds'],
    rows: starts.map((start) => [start.seed, start.chiSquarePerDatum.toFixed(3), start.chiSquareOfM1.toFixed(2), start.chiSquareOfM2.toFixed(2), start.chiSquareOfM3.toFixed(2), start.shellAgainstBest.toFixed(1), start.seconds.toFixed(1)]),
    marked: 0,
  }
}
