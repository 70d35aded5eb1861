import type { ChartTheme } from './chart-theme.ts'

/** An axis in the page's colours; the rest is up to the chart. */
export function axisOption(theme: ChartTheme, name: string): Record<string, unknown> {
  return {
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: theme.muted, fontSize: 12 * theme.scale, fontFamily: theme.font },
    axisLine: { show: true, lineStyle: { color: theme.border } },
    axisTick: { lineStyle: { color: theme.border } },
    axisLabel: { color: theme.muted, fontSize: 11 * theme.scale, fontFamily: theme.font, hideOverlap: true },
    splitLine: { lineStyle: { color: theme.border, opacity: 0.45 } },
  }
}

/** What appears beside the pointer. */
export function tooltipOption(theme: ChartTheme): Record<string, unknown> {
  return {
    trigger: 'axis',
    backgroundColor: theme.surface,
    borderColor: theme.border,
    borderWidth: 1,
    padding: [6, 10],
    textStyle: { color: theme.text, fontSize: 12 * theme.scale, fontFamily: theme.font },
    axisPointer: { lineStyle: { color: theme.muted, type: 'dashed' } },
    confine: true,
    transitionDuration: 0,
  }
}

/** Names of the lines, above the chart. */
export function legendOption(theme: ChartTheme): Record<string, unknown> {
  return { top: 0, left: 0, padding: [3 * theme.scale, 0], itemWidth: 24 * theme.scale, itemHeight: 10 * theme.scale, itemGap: 16 * theme.scale, inactiveColor: theme.border, textStyle: { color: theme.text, fontSize: 12 * theme.scale, fontFamily: theme.font }, lineStyle: { width: 2 } }
}

/** Room around a chart. **Units**: px at the usual base size. */
export function gridOption(theme: ChartTheme, room: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }): Record<string, number> {
  return { left: room.left * theme.scale, right: room.right * theme.scale, top: room.top * theme.scale, bottom: room.bottom * theme.scale }
}

export const DASHES: readonly (string | number[])[] = ['solid', 'dashed', [2, 3], [8, 3, 2, 3], [12, 4], [4, 4]]
