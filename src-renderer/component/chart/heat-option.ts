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

/** Room around the cells, px at the usual base size; the colour bar stands beside it. */
export const HEAT_ROOM = { left: 58, right: 4, top: 8, bottom: 40 } as const

/** A table of numbers as colours: viridis where none is negative, else a map that is grey at 0; cells without a number are shaded. */
export function heatOption(cells: HeatMapCells, theme: ChartTheme, axes: { readonly x: string; readonly y: string }): EChartsCoreOption {
  const { least, greatest, colors } = heatColors(cells)
  return {
    animation: false,
    aria: { enabled: true },
    grid: { ...gridOption(theme, HEAT_ROOM), show: true, borderWidth: 0, backgroundColor: theme.surface },
    tooltip: { ...tooltipOption(theme), trigger: 'item', formatter: (item: unknown) => tooltipText(item, cells, axes) },
    xAxis: { type: 'category', data: [...cells.columns], ...axisOption(theme, axes.x), nameGap: 24 * theme.scale, splitLine: { show: false } },
    yAxis: { type: 'category', data: [...cells.rows], ...axisOption(theme, cells.rows.length > 1 ? axes.y : ''), nameGap: 32 * theme.scale, splitLine: { show: false } },
    visualMap: { show: false, min: least, max: greatest, inRange: { color: [...colors] } },
    series: [{ type: 'heatmap', data: cells.values.flatMap((row, y) => row.map((value, x) => [x, y, value ?? '-'])), itemStyle: { borderWidth: 0 }, emphasis: { itemStyle: { borderColor: theme.text, borderWidth: 1 } }, progressive: 0 }],
  }
}

/** What the colours mean: from 0 where no cell is negative, else as far below 0 as above. */
export function heatColors(cells: HeatMapCells): { readonly least: number; readonly greatest: number; readonly colors: readonly string[] } {
  const { least, greatest } = rangeOf(cells)
  const signed = least < 0
  const bound = Math.max(Math.abs(least), Math.abs(greatest)) || 1
  const steps = Array.from({ length: 11 }, (_, index) => index / 10)
  return { least: signed ? -bound : 0, greatest: bound, colors: steps.map((step) => cssColor(signed ? diverging(2 * step - 1) : viridis(step))) }
}

/** Without the rows and columns at the end that have no number at all: pairs are listed once, the lower index first. */
export function trimCells({ rows, columns, values }: HeatMapCells): HeatMapCells {
  const height = values.findLastIndex((row) => row.some((value) => value !== null)) + 1
  const width = Math.max(0, ...values.map((row) => row.findLastIndex((value) => value !== null) + 1))
  return height === 0 ? { rows, columns, values } : { rows: rows.slice(0, height), columns: columns.slice(0, width), values: values.slice(0, height).map((row) => row.slice(0, width)) }
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
