import type { EChartsCoreOption } from 'echarts/core'
import { axisOption, DASHES, gridOption, legendOption, tooltipOption } from './axis-option.ts'
import type { ChartTheme } from './chart-theme.ts'
import { escapeText } from './fsc-option.ts'
import { numberText } from './number-text.ts'

/** Names of lines that fit side by side above a narrow chart. */
const LINES_A_ROW = 4

/** A line of values that come one after the other; `null` where there was no number. */
export interface ChartSeries {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number | null])[]
}

/** Values by step: one axis, a legend only where there is more than one line. */
export function lineOption(series: readonly ChartSeries[], theme: ChartTheme, axes: { readonly x: string; readonly y: string }): EChartsCoreOption {
  const many = series.length > 1
  const few = !many && series.every((one) => one.points.length <= 40)
  const log = spansDecades(series)
  return {
    animation: false,
    aria: { enabled: true },
    color: [...theme.lines],
    grid: gridOption(theme, { left: 58, right: 16, top: many ? 8 + 20 * Math.ceil(series.length / LINES_A_ROW) : 10, bottom: 38 }),
    ...(many ? { legend: legendOption(theme) } : {}),
    tooltip: { ...tooltipOption(theme), formatter: (items: unknown) => tooltipText(items, axes.x) },
    xAxis: { type: 'value', min: 'dataMin', max: 'dataMax', minInterval: 1, ...axisOption(theme, axes.x), nameGap: 24 * theme.scale },
    yAxis: { type: log ? 'log' : 'value', scale: true, splitNumber: 4, ...axisOption(theme, axes.y), nameGap: 44 * theme.scale, axisLabel: { color: theme.muted, fontSize: 11 * theme.scale, fontFamily: theme.font, formatter: (value: number) => numberText(value, 3) } },
    series: series.map((one, index) => ({
      type: 'line',
      name: one.name,
      data: one.points.map(([x, y]) => [x, y]),
      showSymbol: few,
      symbol: 'circle',
      symbolSize: 5,
      sampling: 'lttb',
      lineStyle: { width: 2, type: DASHES[index % DASHES.length] },
    })),
  }
}

/** Positive values over more than a decade are read by their powers of ten. */
function spansDecades(series: readonly ChartSeries[]): boolean {
  const values = series.flatMap((one) => one.points.flatMap(([, y]) => (y === null ? [] : [y])))
  const least = Math.min(...values)
  return least > 0 && Math.max(...values) / least > 10
}

function tooltipText(items: unknown, x: string): string {
  const list = (Array.isArray(items) ? items : [items]) as { readonly seriesName: string; readonly marker: string; readonly value: readonly (number | null)[] }[]
  const first = list[0]
  if (!first) return ''
  return [`${escapeText(x)} ${numberText(first.value[0])}`, ...list.map((item) => `${item.marker}${escapeText(item.seriesName)} <b>${numberText(item.value[1], 5)}</b>`)].join('<br>')
}
