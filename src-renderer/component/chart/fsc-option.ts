import type { EChartsCoreOption } from 'echarts/core'
import type { FscCurveDescription } from '#contract/result.ts'
import { axisOption, DASHES, gridOption, tooltipOption } from './axis-option.ts'
import type { ChartTheme } from './chart-theme.ts'

export interface FscTexts {
  readonly frequency: string
  readonly correlation: string
  readonly band: string
}

/** The two thresholds people judge by: half-maps at 0.143, against a known map at 0.5. */
export const THRESHOLDS: readonly number[] = [0.5, 0.143]

/** Fourier shell correlations in one chart: lines, their bands, the thresholds, frequency in 1/A with the same in A below. */
export function fscOption(curves: readonly FscCurveDescription[], theme: ChartTheme, texts: FscTexts, hidden: ReadonlySet<string> = new Set()): EChartsCoreOption {
  const last = Math.max(...curves.map((curve) => curve.frequency.at(-1) ?? 0))
  return {
    animation: false,
    aria: { enabled: true },
    color: [...theme.lines],
    grid: gridOption(theme, { left: 52, right: 44, top: 8, bottom: 54 }),
    tooltip: { ...tooltipOption(theme), formatter: (items: unknown) => tooltipText(items, curves) },
    xAxis: { type: 'value', min: 0, max: last || 1, ...axisOption(theme, texts.frequency), nameGap: 38 * theme.scale, axisLabel: { ...label(theme), hideOverlap: true, showMaxLabel: false, formatter: frequencyLabel } },
    yAxis: { type: 'value', min: -0.1, max: 1, interval: 0.1, ...axisOption(theme, texts.correlation), nameGap: 36 * theme.scale, axisLabel: { ...label(theme), formatter: (value: number) => (Math.round(value * 10) % 2 === 0 && value > -0.05 ? value.toFixed(1) : '') } },
    // A line keeps its colour and dash while others are hidden.
    series: [thresholdSeries(theme), ...curves.flatMap((curve, index) => (hidden.has(curve.id) ? [] : curveSeries(curve, { index, theme, band: texts.band })))],
  }
}

/** "0.05" above "20 Å". */
export function frequencyLabel(frequency: number): string {
  return frequency < 1e-9 ? '0' : `${Number(frequency.toFixed(4))}\n${Number((1 / frequency).toPrecision(2))} Å`
}

interface CurveStyle {
  readonly index: number
  readonly theme: ChartTheme
  readonly band: string
}

function curveSeries(curve: FscCurveDescription, style: CurveStyle): Record<string, unknown>[] {
  const { index, theme } = style
  const color = theme.lines[index % theme.lines.length]!
  const line = {
    type: 'line',
    name: curve.title,
    data: curve.frequency.map((frequency, shell) => [frequency, curve.correlation[shell]]),
    showSymbol: false,
    symbolSize: 6,
    color,
    lineStyle: { width: 2, type: DASHES[index % DASHES.length] },
    z: 3,
  }
  return curve.band ? [line, ...bandSeries(curve, color, style.band)] : [line]
}

/** The band as a transparent line at its lower edge with the filled difference stacked on it. */
function bandSeries(curve: FscCurveDescription, color: string, name: string): Record<string, unknown>[] {
  const { lower, upper } = curve.band!
  const shared = { type: 'line', stack: `band ${curve.id}`, stackStrategy: 'all', showSymbol: false, silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false }, color, z: 1 }
  return [
    { ...shared, name: `${curve.title}, ${name} from`, data: curve.frequency.map((frequency, shell) => [frequency, lower[shell]]) },
    { ...shared, name: `${curve.title}, ${name}`, areaStyle: { color, opacity: 0.18 }, data: curve.frequency.map((frequency, shell) => [frequency, (upper[shell] ?? 0) - (lower[shell] ?? 0)]) },
  ]
}

function thresholdSeries(theme: ChartTheme): Record<string, unknown> {
  return { type: 'line', data: [], silent: true, markLine: thresholdLines(theme) }
}

function thresholdLines(theme: ChartTheme): Record<string, unknown> {
  return {
    silent: true,
    symbol: 'none',
    precision: 3,
    lineStyle: { color: theme.muted, type: 'dashed', width: 1 },
    label: { color: theme.muted, fontSize: 11 * theme.scale, fontFamily: theme.font, position: 'end', formatter: '{c}' },
    data: THRESHOLDS.map((threshold) => ({ yAxis: threshold })),
  }
}

function label(theme: ChartTheme): Record<string, unknown> {
  return { color: theme.muted, fontSize: 11 * theme.scale, lineHeight: 14 * theme.scale, fontFamily: theme.font }
}

function tooltipText(items: unknown, curves: readonly FscCurveDescription[]): string {
  const list = (Array.isArray(items) ? items : [items]) as { readonly seriesName: string; readonly marker: string; readonly value: readonly number[] }[]
  const shown = list.filter((item) => curves.some((curve) => curve.title === item.seriesName))
  const frequency = shown[0]?.value[0]
  if (frequency === undefined) return ''
  const shell = curves[0]!.frequency.findIndex((value) => Math.abs(value - frequency) < 1e-9)
  const head = `${frequency > 0 ? `${(1 / frequency).toFixed(2)} Å` : '∞'} · ${frequency.toFixed(4)} 1/Å${shell >= 0 ? ` · ${shell}` : ''}`
  return [head, ...shown.map((item) => `${item.marker}${escapeText(item.seriesName)} <b>${(item.value[1] ?? Number.NaN).toFixed(3)}</b>`)].join('<br>')
}

/** Tooltips are HTML; names of jobs in them are people's words. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
