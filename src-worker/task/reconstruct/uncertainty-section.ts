import type { FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { fscSvg } from '#io/export/fsc-chart.ts'
import type { NamedFsc } from '#io/export/fsc-table.ts'
import { centralSlice, planeImage, type MapAxis } from '#io/export/map-image.ts'
import type { ReportSection } from '#io/export/report-input.ts'
import { PAGE_COLORS } from '#io/export/report-figures.ts'
import { hemisphereImage } from '#io/export/sphere-image.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { viewQuantile, type Uncertainty } from './uncertainty.ts'

const AXES: readonly { axis: MapAxis; plane: string }[] = [{ axis: 'z', plane: 'x y' }, { axis: 'y', plane: 'x z' }, { axis: 'x', plane: 'y z' }]

/** The report's part on uncertainty; `truth` is the FSC of the same map with the truth, where it is known. */
export function uncertaintySection(uncertainty: Uncertainty, options: { truth?: FscCurve | undefined } = {}): ReportSection {
  const { deviation, fscBand, shell05, resamplings } = uncertainty
  const extent = deviation.size * deviation.voxelSize
  const range = shell05.high - shell05.low < 0.05 ? `shell ${shell05.low.toFixed(1)}` : `between shell ${shell05.low.toFixed(1)} (${(extent / shell05.low).toFixed(1)} Å) and ${shell05.high.toFixed(1)} (${(extent / shell05.high).toFixed(1)} Å)`
  return {
    title: 'Uncertainty',
    text: `The partial sums of the moments were resampled ${resamplings} times and inverted again, going on from each start in turn, with the prior drawn anew. What then varies, the images do not fix: the map from the moments should agree with the truth (FSC 0.5) to ${range} (5th to 95th percentile). Not counted: minima that no start found, and what the model cannot express.`,
    drawings: [fscDrawing(uncertainty, options.truth)],
    pictures: [...deviationPictures(uncertainty), ...viewPictures(uncertainty)],
    tables: [
      {
        caption: 'Predicted Fourier shell correlation with the truth',
        columns: ['shell', 'resolution (Å)', '5 %', 'median', '95 %', ...(options.truth ? ['found'] : [])],
        rows: fscBand.map(({ shell, low, median, high }) => [shell, Number((extent / shell).toFixed(1)), low.toFixed(3), median.toFixed(3), high.toFixed(3), ...(options.truth ? [options.truth.correlation[shell]!.toFixed(3)] : [])]),
      },
    ],
  }
}

function fscDrawing({ deviation, fscBand }: Uncertainty, truth: FscCurve | undefined): NonNullable<ReportSection['drawings']>[number] {
  const { size, voxelSize } = deviation
  const at = (shell: number): number => shell / (size * voxelSize)
  const median: FscCurve = { frequency: Float64Array.from([0, ...fscBand.map(({ shell }) => at(shell))]), correlation: Float64Array.from([1, ...fscBand.map((entry) => entry.median)]), boxSize: size, voxelSize }
  const curves: NamedFsc[] = [{ name: 'predicted, median', kind: 'plain', curve: median }, ...(truth ? [{ name: 'found against the truth', kind: 'unmasked' as const, curve: truth }] : [])]
  const svg = fscSvg(curves, {
    thresholds: [{ value: 0.5, name: 'map vs truth' }], colors: PAGE_COLORS, width: 860, height: 400,
    band: { name: '5 to 95 %', frequency: fscBand.map(({ shell }) => at(shell)), low: fscBand.map(({ low }) => low), high: fscBand.map(({ high }) => high) },
  })
  return { svg, alt: `Predicted Fourier shell correlation with the truth: ${fscBand.map(({ shell, low, high }) => `shell ${shell} ${low.toFixed(2)} to ${high.toFixed(2)}`).join(', ')}`, caption: 'FSC of the map with the resampled maps, which stand for the unknown truth: median, and the strip from the 5th to the 95th percentile.' }
}

function deviationPictures({ deviation }: Uncertainty): NonNullable<ReportSection['pictures']> {
  const most = deviation.data.reduce((a, b) => Math.max(a, b), 0)
  return AXES.map(({ axis, plane }) => ({
    source: planeImage(centralSlice(deviation, axis), { black: 0, white: most }, 240),
    alt: `Standard deviation of the map, central slice, ${plane} plane`,
    caption: `Standard deviation, ${plane} plane: black 0, white ${most.toPrecision(2)} in the map's units`,
  }))
}

function viewPictures(uncertainty: Uncertainty): NonNullable<ReportSection['pictures']> {
  const ends = [{ name: '5th percentile', density: viewQuantile(uncertainty, 0.05) }, { name: '95th percentile', density: viewQuantile(uncertainty, 0.95) }]
  const most = 4 * Math.PI * ends[1]!.density(fibonacciSphere(1000)).reduce((a, b) => Math.max(a, b), 0)
  return ends.flatMap(({ name, density }) =>
    (['upper', 'lower'] as const).map((hemisphere) => ({
      source: hemisphereImage(density, hemisphere, most, 240),
      alt: `${name} of the density of viewing directions, ${hemisphere} hemisphere`,
      caption: `Viewing density, ${name} of each direction, z ${hemisphere === 'upper' ? '>' : '<'} 0: dark 0, yellow ${most.toFixed(1)} times uniform`,
    })),
  )
}
