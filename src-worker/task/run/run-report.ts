import { evaluateHarmonicDensity } from '#core/distribution/harmonic-density.ts'
import { mixtureDensity } from '#core/distribution/von-mises-fisher.ts'
import type { MomentSet } from '#core/moments/moment-set.ts'
import { resolutionAt, type FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { centralSlice, planeImage } from '#io/export/map-image.ts'
import type { ReportInput, ReportMetric, ReportSection } from '#io/export/report-input.ts'
import type { JobContext } from '#job/context.ts'
import type { Evaluation } from '../evaluate/evaluate-against-truth.ts'
import { evaluationReport } from '../evaluate/evaluation-report.ts'
import type { Uncertainty } from '../reconstruct/uncertainty.ts'
import { uncertaintySection } from '../reconstruct/uncertainty-section.ts'
import type { Volume } from '#core/volume/volume.ts'
import { refinedUncertainty } from '../refine/write-refinement.ts'
import type { InvertedMoments } from './invert-stage.ts'
import type { Images } from './obtain-images.ts'
import type { refineStage } from './refine-stage.ts'
import type { RunSettings } from './settings.ts'
import type { StageClock } from './stage-clock.ts'

export interface RunOutcome {
  readonly context: JobContext
  readonly settings: RunSettings
  readonly images: Images
  readonly set: MomentSet
  readonly inverted: InvertedMoments | undefined
  readonly uncertainty?: Uncertainty | undefined
  readonly refinement: Awaited<ReturnType<typeof refineStage>> | undefined
  readonly volume: Volume
  readonly evaluation: Evaluation | undefined
  readonly halfCurve: FscCurve
  readonly clock: StageClock
  readonly files: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
}

/** The page about a run. */
export function runReport(outcome: RunOutcome): ReportInput {
  const { context, settings, images, set, inverted, uncertainty, refinement, volume, evaluation, halfCurve, clock, files, warnings } = outcome
  const shared = evaluation && images.truth ? evaluationReport(evaluation, images.truth) : undefined
  return {
    title: refinement ? 'Ab initio reconstruction' : 'Reconstruction from moments',
    summary: summary(outcome),
    metrics: metrics(outcome),
    ...(warnings.length > 0 && { warnings }),
    ...(shared ?? { volumes: { maps: [{ name: 'Reconstruction', volume }] } }),
    fsc: {
      curves: [...(shared?.fsc?.curves ?? []), { name: 'half-maps (one from each half of the images)', kind: 'unmasked', curve: halfCurve }],
      text: [shared?.fsc?.text, halfText(outcome)].filter(Boolean).join(' '),
    },
    ...(inverted && { views: views(outcome, inverted), moments: moments(inverted), starts: startsTable(set, inverted) }),
    sections: [
      ...(refinement ? [refinementSection(refinement), expectedSection(refinement, evaluation?.unmasked.curve)] : []),
      // with refinement the evaluated map is another one
      ...(uncertainty ? [uncertaintySection(uncertainty, { truth: refinement ? undefined : evaluation?.unmasked.curve })] : []),
    ],
    timings: Object.entries(clock.seconds).map(([stage, value]) => ({ stage, seconds: value })),
    settings: { ...settings },
    provenance: {
      seed: context.seed,
      images: images.count,
      'box (px)': images.box,
      'pixel size (Å)': images.pixelSize,
      'noise sigma': Math.sqrt(set.noiseVariance),
      ...(inverted && { 'particle radius (px)': inverted.inversion.radius }),
      date: new Date().toISOString(),
    },
    files: Object.entries(files).map(([what, path]) => ({ path, what })),
  }
}

function shellOf(set: MomentSet, maxFrequency: number): string {
  return ((maxFrequency * set.specification.boxSize) / (2 * Math.PI)).toFixed(1)
}

function halfText({ halfCurve, inverted, refinement, set }: RunOutcome): string {
  const { resolution, crossed } = resolutionAt(halfCurve, 0.143)
  const shared = refinement ? refinement.startShell.toFixed(1) : inverted ? shellOf(set, inverted.inversion.bands[0]!.maxFrequency) : '0'
  const reached = crossed ? `their curve crosses 0.143 at ${resolution.toFixed(1)} Å` : 'their curve never falls below 0.143'
  return `The half-maps begin from the same volume up to shell ${shared} and never share an image after that; ${reached}.`
}

function summary({ images, evaluation, inverted, refinement, set }: RunOutcome): string {
  const noise = images.snr === null ? `noise sigma ${Math.sqrt(set.noiseVariance).toPrecision(3)} a pixel` : `a signal-to-noise ratio of ${images.snr.toPrecision(2)} a pixel`
  const how = refinement
    ? refinement.fromMoments
      ? 'Their first three moments gave a volume from random starts, which two independent halves of the images then refined.'
      : 'Random models of the images gave a start, which two independent halves of the images then refined.'
    : `Their ${inverted?.inversion.third ? 'first three moments' : 'first and second moment'}, taken in one pass, were inverted from random starts.${inverted?.inversion.third ? '' : ' Without the third moment the volume is not determined: take this as a low-resolution start.'}`
  const reached = evaluation ? ` The result agrees with the truth to ${evaluation.unmasked.at05.resolution.toFixed(1)} Å (FSC 0.5), shell ${evaluation.unmasked.at05.shell.toFixed(1)} of ${Math.floor(images.box / 2)}.` : ''
  return `${images.what}, ${noise}. ${how}${reached}`.replace(/^./, (first) => first.toUpperCase())
}

function metrics({ images, evaluation, inverted, halfCurve, clock }: RunOutcome): ReportMetric[] {
  const total = Object.values(clock.seconds).reduce((sum, value) => sum + value, 0)
  const best = inverted?.inversion.starts[0]?.solution
  return [
    ...(evaluation
      ? [{ label: 'Resolution, FSC 0.5', value: evaluation.unmasked.at05.resolution.toFixed(1), unit: 'Å', note: `shell ${evaluation.unmasked.at05.shell.toFixed(1)} of ${Math.floor(images.box / 2)}, first crossing, unmasked` }]
      : []),
    { label: 'Half-maps, FSC 0.143', value: resolutionAt(halfCurve, 0.143).resolution.toFixed(1), unit: 'Å', note: 'first crossing, unmasked' },
    ...(best ? [{ label: 'Fit of the moments', value: best.chiSquarePerDatum.toFixed(2), note: 'chi-square per datum; 1 is the noise' }] : []),
    { label: 'Images', value: images.count.toLocaleString('en'), note: images.snr === null ? `box ${images.box} px` : `SNR ${images.snr.toPrecision(2)} a pixel` },
    { label: 'Time', value: total.toFixed(0), unit: 's', note: images.simulated === undefined ? 'all steps' : 'simulation included' },
  ]
}

function views({ images, evaluation, refinement }: RunOutcome, { inversion }: InvertedMoments): NonNullable<ReportInput['views']> {
  const { viewDegree: degree, viewLogits: logits } = inversion.starts[0]!.solution
  const mixture = images.views
  // The moments' frame is the evaluated volume's only where that volume came from them.
  const sameFrame = evaluation && (!refinement || refinement.fromMoments)
  return {
    densities: [
      ...(mixture ? [{ name: 'Truth', density: (w: Float64Array) => Float64Array.from({ length: w.length / 3 }, (_, j) => mixtureDensity(mixture, w[3 * j]!, w[3 * j + 1]!, w[3 * j + 2]!)) }] : []),
      { name: 'Estimated', density: (w: Float64Array) => evaluateHarmonicDensity({ degree, logits }, w), ...(sameFrame && { rotation: evaluation.alignment.rotation }) },
    ],
    text: 'Density of viewing directions; the estimate was fitted together with the volume of the moments and is turned by the same alignment.',
  }
}

function moments({ inversion }: InvertedMoments): NonNullable<ReportInput['moments']> {
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

function startsTable(set: MomentSet, { inversion, starts }: InvertedMoments): NonNullable<ReportInput['starts']> {
  const first = shellOf(set, inversion.bands[0]!.maxFrequency)
  return {
    caption: `${inversion.tried.length} random starts in the first band (shell ${first}): chi-square per datum ${inversion.tried.map((start) => start.chiSquarePerDatum.toFixed(2)).join(', ')}. The best went on:`,
    columns: ['seed', 'chi-square per datum', 'M1', 'M2', 'M3', 'agrees with the best to shell', 'seconds'],
    rows: starts.map((start) => [start.seed, start.chiSquarePerDatum.toFixed(3), start.chiSquareOfM1.toFixed(2), start.chiSquareOfM2.toFixed(2), start.chiSquareOfM3.toFixed(2), start.shellAgainstBest.toFixed(1), start.seconds.toFixed(1)]),
    marked: 0,
  }
}

function expectedSection({ refined }: NonNullable<RunOutcome['refinement']>, truth: FscCurve | undefined): ReportSection {
  const { fscBand, shell05, deviation } = refinedUncertainty(refined)
  const extent = deviation.size * deviation.voxelSize
  return {
    title: 'Uncertainty of the refined map',
    text: `From the two half-maps: the refined map should agree with the truth (FSC 0.5) to between shell ${shell05.low.toFixed(1)} (${(extent / shell05.low).toFixed(1)} Å) and ${shell05.high.toFixed(1)} (${(extent / shell05.high).toFixed(1)} Å). The upper end holds if all errors of the half-maps are independent, the lower if both share as much error as the map has signal; a wrong start that both share is not in it.`,
    pictures: (['z', 'y', 'x'] as const).map((axis, i) => {
      const most = deviation.data.reduce((a, b) => Math.max(a, b), 0)
      const plane = ['x y', 'x z', 'y z'][i]!
      return { source: planeImage(centralSlice(deviation, axis), { black: 0, white: most }, 240), alt: `Standard deviation of the refined map, central slice, ${plane} plane`, caption: `Standard deviation, ${plane} plane: black 0, white ${most.toPrecision(2)} in the map's units` }
    }),
    tables: [
      {
        caption: 'Expected Fourier shell correlation with the truth',
        columns: ['shell', 'resolution (Å)', 'half-maps', 'low', 'middle', 'high', ...(truth ? ['found'] : [])],
        rows: fscBand.map(({ shell, low, median, high }) => [shell, Number((extent / shell).toFixed(1)), refined.refinement.fsc[shell]!.toFixed(3), low.toFixed(3), median.toFixed(3), high.toFixed(3), ...(truth ? [truth.correlation[shell]?.toFixed(3) ?? ''] : [])]),
      },
    ],
  }
}

function refinementSection({ refined }: NonNullable<RunOutcome['refinement']>): ReportSection {
  return {
    title: 'Refinement of the images',
    text: 'Steerable expectation-maximization of two half-sets: every image against every direction and in-plane angle at first, then against its likely ones; the band follows the half-maps.',
    tables: [
      {
        columns: ['iteration', 'band (shell)', 'directions', 'looked at', 'log-likelihood per image', 'half-maps agree to shell', 'seconds'],
        rows: refined.refinement.iterations.map((i) => [i.iteration, i.band.toFixed(1), i.directions, `${(100 * i.share).toFixed(0)} %`, i.logLikelihood.toFixed(3), i.shell0143.toFixed(1), i.seconds.toFixed(1)]),
      },
    ],
  }
}
