/**
 * Sample quantile at `fraction` (0 to 1) by the p (n + 1) rule, linear between order statistics, the extremes beyond
 * (Hyndman and Fan, Am. Stat. 50 (1996), 361, definition 6). One further draw of the same law lies between the quantiles p
 * and 1 - p with probability 1 - 2p wherever p (n + 1) is whole, whatever the law.
 */
export function quantile(values: ArrayLike<number>, fraction: number): number {
  const sorted = Float64Array.from(values).sort()
  const place = Math.min(sorted.length, Math.max(1, fraction * (sorted.length + 1))) - 1
  const below = Math.floor(place)
  const above = Math.min(sorted.length - 1, below + 1)
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!)
}
