import { orderStatistics } from '../math/order-statistics.ts'

/** How the values of a map are spread. */
export interface ValueDistribution {
  readonly statistics: { readonly minimum: number; readonly maximum: number; readonly mean: number; readonly standardDeviation: number; readonly rootMeanSquare: number }
  /** Equal bins from `from` to `to`; the last includes its end. */
  readonly histogram: { readonly from: number; readonly to: number; readonly counts: number[] }
  /** Rising fractions; that many of all values lie above `level` (fewer where several equal it). */
  readonly enclosed: readonly { readonly fraction: number; readonly level: number }[]
}

const BINS = 256

/** Fractions, close together where contour levels of maps lie (0.1 to 10 percent enclosed). */
export const ENCLOSED_FRACTIONS: readonly number[] = [
  0,
  ...Array.from({ length: 20 }, (_, i) => 10 ** (-5 + i / 10)),
  ...Array.from({ length: 40 }, (_, i) => 10 ** (-3 + i / 20)),
  ...Array.from({ length: 19 }, (_, i) => 0.1 + i * 0.05).slice(0, -1),
  1,
].map((fraction) => Number(fraction.toPrecision(6)))

/** Statistics, histogram and exact levels of finite values; an empty array or a single value has a histogram of zero width. */
export function valueDistribution(values: Float32Array, bins = BINS): ValueDistribution {
  const n = values.length
  // The level below which k values lie above: the (k + 1)-th largest.
  const ranks = ENCLOSED_FRACTIONS.map((fraction) => n - 1 - Math.min(n - 1, Math.round(fraction * n)))
  const levels = orderStatistics(values, ranks)
  const maximum = levels[0]!
  const minimum = levels.at(-1)!
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]!
  const mean = sum / n
  const counts = new Int32Array(bins)
  const scale = maximum > minimum ? bins / (maximum - minimum) : 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    squares += (value - mean) * (value - mean)
    counts[Math.min(bins - 1, ((value - minimum) * scale) | 0)]!++
  }
  const variance = squares / n
  return {
    statistics: { minimum, maximum, mean, standardDeviation: Math.sqrt(variance), rootMeanSquare: Math.sqrt(variance + mean * mean) },
    histogram: { from: minimum, to: maximum, counts: [...counts] },
    enclosed: ENCLOSED_FRACTIONS.map((fraction, i) => ({ fraction, level: levels[i]! })),
  }
}

/** The level that `fraction` of the values lie above, exactly. */
export function levelEnclosing(values: Float32Array, fraction: number): number {
  const n = values.length
  return orderStatistics(values, [n - 1 - Math.min(n - 1, Math.round(fraction * n))])[0]!
}
