import { requireInput } from '#core/error.ts'
import { rotateVector, transposeRotation } from '#core/geometry/rotation.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'
import { resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { fscSvg, type ChartColors } from './fsc-chart.ts'
import { escapeXml } from './fsc-table.ts'
import { axisProjection, centralSlice, greyWindow, planeImage, type MapAxis, type Plane } from './map-image.ts'
import type { ReportFsc, ReportMoments, ReportViews, ReportVolumes } from './report-input.ts'
import { figure, reportTable } from './report-table.ts'
import { DENSITY_COLORS, hemisphereImage, type SphereDensity } from './sphere-image.ts'
import { FSC_THRESHOLDS } from './write-fsc.ts'

const AXES: readonly MapAxis[] = ['z', 'y', 'x']
const SLICE_NAMES = { z: 'x y', y: 'x z', x: 'y z' } as const
/** Colours of a drawing in a page: its style's variables. */
export const PAGE_COLORS: ChartColors = { background: 'none', text: 'var(--ink)', muted: 'var(--soft)', grid: 'var(--line)', series: ['var(--one)', 'var(--two)', 'var(--three)', 'var(--four)', 'var(--five)'] }

/** Central slices and projections of each map in one grid of pictures. */
export function mapPart({ maps, reference = 0 }: ReportVolumes): string {
  requireInput(maps.length > 0, () => 'a report of maps needs at least one map')
  const base = maps[reference]!.volume
  const fitted = maps.map(({ volume }, i) => (i === reference ? volume : { ...volume, data: fitScale(volume.data, base.data) }))
  const slices = fitted.map((volume) => AXES.map((axis) => centralSlice(volume, axis)))
  const sums = fitted.map((volume) => AXES.map((axis) => axisProjection(volume, axis)))
  const head = `<span class="corner"></span><span class="group">central slices</span><span class="group">projections</span><span class="corner"></span>${[0, 1].map((set) => AXES.map((axis) => `<span class="head">${set === 0 ? SLICE_NAMES[axis] : `along ${axis}`}</span>`).join('')).join('')}`
  const row = (index: number): string => {
    const name = maps[index]!.name
    const pictures = (planes: readonly Plane[], all: readonly Plane[][], what: (axis: MapAxis) => string): string => {
      const window = greyWindow(all[reference]!)
      return planes.map((plane, i) => `<img src="${planeImage(plane, window)}" alt="${escapeXml(`${name}: ${what(AXES[i]!)}`)}">`).join('')
    }
    return `<span class="name">${escapeXml(name)}</span>${pictures(slices[index]!, slices, (axis) => `central slice, ${SLICE_NAMES[axis]} plane`)}${pictures(sums[index]!, sums, (axis) => `projection along ${axis}`)}`
  }
  const width = (base.size * base.voxelSize).toFixed(0)
  return `<figure><div class="maps">${head}${maps.map((_, i) => row(i)).join('')}</div><figcaption>Each picture is ${width} Å wide. Grey values of all rows are those of “${escapeXml(maps[reference]!.name)}”, to which the others are scaled by least squares.</figcaption></figure>`
}

/** a + b v closest to the reference. */
function fitScale(data: Float32Array, reference: Float32Array): Float32Array {
  const n = data.length
  let [x, y, xx, xy] = [0, 0, 0, 0]
  for (let i = 0; i < n; i++) {
    x += data[i]!
    y += reference[i]!
    xx += data[i]! ** 2
    xy += data[i]! * reference[i]!
  }
  const spread = xx - (x * x) / n
  const slope = spread > 0 ? (xy - (x * y) / n) / spread : 1
  return data.map((value) => (slope > 0 ? slope : 1) * (value - x / n) + y / n)
}

/** The curves, and the table of their readings by both rules. */
export function fscPart({ curves, thresholds = FSC_THRESHOLDS }: ReportFsc): string {
  const svg = fscSvg(curves, { thresholds, colors: PAGE_COLORS, width: 860, height: 430 })
  const rows = curves.flatMap(({ name, curve }) =>
    thresholds.map((threshold) => {
      const found = resolutionAt(curve, threshold.value)
      const bound = found.crossed ? '' : 'not crossed: better than '
      return [name, `${threshold.value} (${threshold.name})`, `${bound}${found.resolution.toFixed(2)} Å`, found.shell.toFixed(2), found.relionResolution === 999 ? 'none' : `${found.relionResolution.toFixed(2)} Å`]
    }),
  )
  const spoken = rows.map((row) => `${row[0]} at ${row[1]}: ${row[2]}`).join('; ')
  return `<figure class="chart"><div role="img" aria-label="${escapeXml(`Fourier shell correlation against spatial frequency. ${spoken}`)}">${svg}</div><figcaption>Shells are round(|k|), 1 to ${curves[0]!.curve.correlation.length - 1}. Dotted lines: where the first curve first falls below a threshold.</figcaption></figure>${reportTable({ columns: ['curve', 'threshold', 'first crossing, interpolated', 'shell', 'RELION rule (last shell above)'], rows })}`
}

/** Densities on the two hemispheres, on one colour scale. */
export function viewPart({ densities }: ReportViews): string {
  const shown = densities.map(({ name, density, rotation }) => ({ name, density: rotation === undefined ? density : turned(density, rotation) }))
  const points = fibonacciSphere(4000)
  const values = shown.map(({ density }) => density(points))
  const most = Math.max(1, ...values.map((each) => 4 * Math.PI * each.reduce((a, b) => Math.max(a, b), 0)))
  const figures = shown.map(({ name, density }) => {
    const disc = (hemisphere: 'upper' | 'lower', label: string): string =>
      `<div><img src="${hemisphereImage(density, hemisphere, most)}" alt="${escapeXml(`${name} density of viewing directions, hemisphere ${label}`)}">${label}</div>`
    return `<figure><h3>${escapeXml(name)}</h3><div class="discs">${disc('upper', 'z > 0')}${disc('lower', 'z < 0')}</div></figure>`
  })
  const scale = `<div class="scale"><span>0</span><span class="bar" style="background:linear-gradient(90deg,${DENSITY_COLORS.join(',')})"></span><span>${most.toFixed(1)} times uniform</span></div>`
  const agreement = values.length === 2 ? ` Correlation of the two over the sphere: ${correlation(values[0]!, values[1]!).toFixed(3)}.` : ''
  return `<div class="spheres">${figures.join('')}</div>${scale}<figcaption>Equal-area maps of both hemispheres, the pole in the middle and the equator at the rim, in the frame of the maps above.${agreement}</figcaption>`
}

function turned(density: SphereDensity, rotation: Float64Array): SphereDensity {
  const back = transposeRotation(rotation)
  return (directions) => {
    const moved = new Float64Array(directions.length)
    for (let i = 0; i < directions.length; i += 3) moved.set(rotateVector(back, directions.subarray(i, i + 3)), i)
    return density(moved)
  }
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [a, b].map((values) => values.reduce((sum, v) => sum + v, 0) / values.length) as [number, number]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB)
    aa += (a[i]! - meanA) ** 2
    bb += (b[i]! - meanB) ** 2
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN
}

/** Errors of each moment beside what noise alone would leave, and chi-square per datum. */
export function momentPart({ rows }: ReportMoments): string {
  const body = rows.map(({ name, relativeError, noiseFloor, chiSquarePerDatum }) => {
    // each row on its own scale: what matters is the bar against the line
    const largest = Math.max(relativeError ?? 0, noiseFloor ?? 0) * 1.25 || 1
    const at = (value: number): string => `${((100 * value) / largest).toFixed(1)}%`
    const gauge =
      relativeError === undefined
        ? ''
        : `<div class="gauge" role="img" aria-label="error ${figure(relativeError)}${noiseFloor === undefined ? '' : `, noise floor ${figure(noiseFloor)}`}"><i style="width:${at(relativeError)}"></i>${noiseFloor === undefined ? '' : `<b style="left:${at(noiseFloor)}"></b>`}</div>`
    const number = (value?: number): string => `<td class="number">${value === undefined ? '' : figure(value)}</td>`
    const ratio = relativeError !== undefined && noiseFloor !== undefined && noiseFloor > 0 ? relativeError / noiseFloor : undefined
    return `<tr><th scope="row">${escapeXml(name)}</th>${number(relativeError)}${number(noiseFloor)}${number(ratio === undefined ? undefined : Number(ratio.toPrecision(3)))}<td class="bar">${gauge}</td>${number(chiSquarePerDatum)}</tr>`
  })
  return `<div class="scroll"><table><thead><tr><th scope="col">moment</th><th scope="col" class="number">relative error</th><th scope="col" class="number">noise floor</th><th scope="col" class="number">ratio</th><th scope="col">error (bar), floor (line)</th><th scope="col" class="number">χ² per datum</th></tr></thead><tbody>${body.join('')}</tbody></table></div><figcaption>The noise floor is what the noise of the images alone leaves between the measured moment and the true one. A fit that is as good as the data allow sits at the floor, with χ² per datum near 1; a low error alone does not prove the map.</figcaption>`
}
