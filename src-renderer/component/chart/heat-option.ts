import type { EChartsCoreOption } from 'echarts/core'
import { axisOption, gridOption, tooltipOption } from './axis-option.ts'
import type { ChartTheme } from './chart-theme.ts'
import { cssColor, diverging, viridis } from './color-map.ts'
import { escapeText } from './fsc-option.ts'
import { numberText } from './number-text.ts'

export interface HeatMapCells {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly values: readonly (readonly (number | null)[])[]
}

/** A table of numbers as colours: viridis where none is negative, else a map that is grey at 0; cells without a number stay empty. */
export function heatOption(cells: HeatMapCells, theme: ChartTheme, axes: { readonly x: string; readonly y: string }): EChartsCoreOption {
  const { least, greatest } = rangeOf(cells)
  const signed = least < 0
  const bound = Math.max(Math.abs(least), Math.abs(greatest)) || 1
  const steps = Array.from({ length: 11 }, (_, index) => index / 10)
  return {
    animation: false,
    aria: { enabled: true },
    grid: gridOption(theme, { left: 58, right: 86, top: 8, bottom: 40 }),
    tooltip: { ...tooltipOption(theme), trigger: 'item', formatter: (item: unknown) => tooltipText(item, cells, axes) },
    xAxis: { type: 'category', data: [...cells.columns], ...axisOption(theme, axes.x), nameGap: 24 * theme.scale, splitLine: { show: false } },
    yAxis: { type: 'category', data: [...cells.rows], ...axisOption(theme, axes.y), nameGap: 40 * theme.scale, splitLine: { show: false } },
    visualMap: {
      min: signed ? -bound : 0,
      max: bound,
      right: 0,
      top: 'middle',
      itemHeight: (cells.rows.length === 1 ? 48 : 120) * theme.scale,
      itemWidth: 12 * theme.scale,
      calculable: false,
      orient: 'vertical',
      textStyle: { color: theme.muted, fontSize: 11 * theme.scale, fontFamily: theme.font },
      text: [numberText(bound, 3), signed ? numberText(-bound, 3) : '0'],
      inRange: { color: steps.map((step) => cssColor(signed ? diverging(2 * step - 1) : viridis(step))) },
    },
    series: [{ type: 'heatmap', data: cells.values.flatMap((row, y) => row.map((value, x) => [x, y, value ?? '-'])), itemStyle: { borderWidth: 0 }, emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } }, progressive: 0 }],
  }
}

/** Least and greatest of the cells that have a number. */
export function rangeOf(cells: HeatMapCells): { readonly least: number; readonly greatest: number } {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (const row of cells.values) {
    for (const value of row) {
      if (value === null || !Number.isFinite(value)) continue
      least = Math.min(least, value)
      greatest = Math.max(greatest, value)
    }
  }
  return least <= greatest ? { least, greatest } : { least: 0, greatest: 0 }
}

function tooltipText(item: unknown, cells: HeatMapCells, axes: { readonly x: string; readonly y: string }): string {
  const [x, y, value] = (item as { readonly value: readonly [number, number, number | '-'] }).value
  return `${escapeText(axes.y)} ${escapeText(cells.rows[y] ?? '')}, ${escapeText(axes.x)} ${escapeText(cells.columns[x] ?? '')}<br><b>${typeof value === 'number' ? numberText(value, 4) : '–'}</b>`
}
