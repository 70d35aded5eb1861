import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import type { NamedFsc } from './fsc-table.ts'

use([CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer])

/** Colours of a chart; CSS values, so that a page may give variables. */
export interface ChartColors {
  readonly background: string
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly series: readonly string[]
}

export const PRINT_COLORS: ChartColors = { background: '#ffffff', text: '#1a1f26', muted: '#5b6675', grid: '#e3e7ec', series: ['#1f5fbf', '#c25a00', '#2b7a3d', '#8a3ea8', '#b3261e'] }

/** A threshold line: its height and its name, e.g. 0.5 "vs truth". */
export interface FscThreshold {
  readonly value: number
  readonly name: string
}

/** A range of correlations, drawn as a shaded strip: per frequency (1/Angstrom) its lower and upper end. */
export interface FscBand {
  readonly name: string
  readonly frequency: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly high: ArrayLike<number>
}

export interface FscChartOptions {
  readonly title?: string
  readonly thresholds: readonly FscThreshold[]
  readonly width?: number
  readonly height?: number
  readonly colors?: ChartColors
  /** Drawn behind the curves, in the first one's colour. */
  readonly band?: FscBand
}

/** The curves as a drawing (SVG text): frequency in 1/Angstrom with Angstrom beneath, threshold lines named, crossings marked. */
export function fscSvg(curves: readonly NamedFsc[], options: FscChartOptions): string {
  const { width = 760, height = 420, colors = PRINT_COLORS } = options
  // drawn in placeholder colours: the library computes with colours, which variables would not survive
  const names = [colors.background, colors.text, colors.muted, colors.grid, ...colors.series]
  const placeholders = names.map((_, i) => `#0102${(16 + i).toString(16).padStart(2, '0')}`)
  const [background, text, muted, grid, ...series] = placeholders as [string, string, string, string, ...string[]]
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  const last = Math.max(...curves.map(({ curve }) => curve.frequency.at(-1)!))
  const lowest = Math.min(0, ...curves.flatMap(({ curve }) => [...curve.correlation]), ...Array.from(options.band?.low ?? []))
  const font = { fontFamily: 'system-ui, sans-serif', color: text }
  chart.setOption({
    animation: false,
    backgroundColor: background,
    textStyle: font,
    ...(options.title ? { title: { text: options.title, left: 'center', top: 6, textStyle: { ...font, fontSize: 15, fontWeight: 600 } } } : {}),
    legend: { top: options.title ? 30 : 4, data: [...curves.map(({ name }) => name), ...(options.band ? [{ name: options.band.name, itemStyle: { opacity: BAND_OPACITY } }] : [])], textStyle: { ...font, fontSize: 12 }, itemWidth: 28, itemGap: 22, itemStyle: { opacity: 0 } },
    grid: { left: 58, right: 96, top: options.title ? 62 : 36, bottom: 66 },
    xAxis: {
      type: 'value',
      min: 0,
      max: last,
      name: 'spatial frequency (1/Å), resolution (Å)',
      nameLocation: 'middle',
      nameGap: 42,
      nameTextStyle: { ...font, fontSize: 12 },
      axisLabel: { color: muted, fontSize: 11, lineHeight: 15, formatter: frequencyLabel, showMaxLabel: false },
      axisLine: { onZero: false, lineStyle: { color: muted } },
      axisTick: { lineStyle: { color: muted } },
      splitLine: { lineStyle: { color: grid } },
    },
    yAxis: {
      type: 'value',
      min: Math.max(-1, Math.floor(lowest * 10) / 10),
      max: 1,
      name: 'Fourier shell correlation',
      nameLocation: 'middle',
      nameGap: 38,
      nameTextStyle: { ...font, fontSize: 12 },
      axisLabel: { color: muted, fontSize: 11, formatter: (value: number) => value.toFixed(1).replace('-', '−') },
      axisLine: { show: true, lineStyle: { color: muted } },
      splitLine: { lineStyle: { color: grid } },
    },
    series: [...(options.band ? [bandSeries(options.band, series[0]!)] : []), ...curves.map(({ name, curve }, index) => ({
      name,
      type: 'line',
      data: [...curve.frequency].map((f, i) => [f, curve.correlation[i]]),
      symbol: 'none',
      lineStyle: { width: 2.2, color: series[index % series.length], type: index === 0 ? 'solid' : index === 1 ? [7, 4] : [2, 3] },
      itemStyle: { color: series[index % series.length] },
      ...(index > 0
        ? {}
        : {
            markLine: {
              silent: true,
              symbol: 'none',
              data: [
                ...options.thresholds.map((threshold) => ({
                  yAxis: threshold.value,
                  lineStyle: { color: muted, type: [4, 4], width: 1 },
                  label: { formatter: `${threshold.value}\n${threshold.name}`, position: 'end', color: muted, fontSize: 11, lineHeight: 13 },
                })),
                ...crossings(curves[0]!, options.thresholds).map(({ frequency, height }) => [
                  { coord: [frequency, height], lineStyle: { color: muted, width: 1, type: [2, 3] } },
                  { coord: [frequency, Math.max(-1, Math.floor(lowest * 10) / 10)] },
                ]),
              ],
            },
          }),
    }))],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return placeholders.reduce((drawn, placeholder, i) => drawn.replaceAll(new RegExp(`${placeholder}|${asRgb(placeholder)}`, 'g'), names[i]!), svg)
}

const BAND_OPACITY = 0.2

// One closed outline: along the upper ends, back along the lower ones.
function bandSeries(band: FscBand, color: string): Record<string, unknown> {
  const { frequency, low, high } = band
  const outline = [...Array.from(frequency, (f, i) => [f, high[i]!]), ...Array.from(frequency, (f, i) => [f, low[i]!]).reverse()]
  return {
    name: band.name,
    type: 'custom',
    silent: true,
    z: 1,
    itemStyle: { color },
    data: [outline.flat()],
    renderItem: (_params: unknown, api: { coord: (point: number[]) => number[] }) => ({ type: 'polygon', shape: { points: outline.map((point) => api.coord(point)) }, style: { fill: color, opacity: BAND_OPACITY } }),
  }
}

function crossings(curve: NamedFsc, thresholds: readonly FscThreshold[]): { frequency: number; height: number }[] {
  return thresholds.flatMap(({ value }) => {
    const found = resolutionAt(curve.curve, value)
    return found.crossed ? [{ frequency: 1 / found.resolution, height: value }] : []
  })
}

function frequencyLabel(frequency: number): string {
  if (frequency === 0) return '0\n∞'
  const angstrom = 1 / frequency
  return `${Number(frequency.toFixed(4))}\n${angstrom >= 100 ? angstrom.toFixed(0) : Number(angstrom.toPrecision(3))} Å`
}

function asRgb(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))
  return `rgb\\(${r}, ?${g}, ?${b}\\)`
}
