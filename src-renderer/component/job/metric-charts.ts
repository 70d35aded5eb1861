import type { ChartSeries } from '../chart/line-option.ts'
import type { Metric } from './job-trace.ts'

export interface MetricChart {
  readonly title: string
  readonly unit: string
  /** What is measured along: shells of a correlation, else steps. */
  readonly along: 'step' | 'shell'
  readonly series: readonly ChartSeries[]
}

const MOST_LINES = 6

/**
 * Metrics as charts: "misfit, start 1" and "misfit, start 2" are lines of one chart "misfit". More lines than can be told
 * apart: those measured last.
 */
export function metricCharts(metrics: readonly Metric[]): MetricChart[] {
  const groups = new Map<string, { unit: string; series: ChartSeries[] }>()
  for (const metric of metrics) {
    const { title, line } = partsOf(metric.name)
    const group = groups.get(title) ?? { unit: metric.unit, series: [] }
    group.series.push({ name: line || title, points: metric.points })
    groups.set(title, group)
  }
  return [...groups].map(([title, { unit, series }]) => ({ title: `${title.charAt(0).toUpperCase()}${title.slice(1)}`, unit, along: /^fsc\b|correlation$/i.test(title) ? 'shell' : 'step', series: series.slice(-MOST_LINES) }))
}

function partsOf(name: string): { title: string; line: string } {
  const parts = /^(.*?)(?:, |: )(.+)$/.exec(name)
  return parts ? { title: parts[1]!, line: parts[2]! } : { title: name, line: '' }
}
