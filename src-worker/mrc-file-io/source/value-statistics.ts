/** Statistics over the finite values of a stream of numbers. */
export interface ValueStatistics {
  /** All values seen. */
  readonly count: number
  /** Those that are NaN or infinite; the rest of the fields leave them out. */
  readonly nonFinite: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Standard deviation about the mean, of the population. */
  readonly std: number
  /** Third standardised moment: positive when few values are much larger than the rest. */
  readonly skewness: number
}

/**
 * Gathers count, extremes and central moments block by block in float64, two passes over each block and the pairwise
 * update between blocks (Chan, Golub and LeVeque 1983; third moment: Pebay 2008, eq. 2.1), so that large stacks lose nothing.
 */
export class StatisticsGatherer {
  /** One that goes on from `state()` of another. */
  static from(state: readonly number[]): StatisticsGatherer {
    const gatherer = new StatisticsGatherer()
    ;[gatherer.seen, gatherer.finite, gatherer.low, gatherer.high, gatherer.mean, gatherer.m2, gatherer.m3] = state as [number, number, number, number, number, number, number]
    return gatherer
  }

  private seen = 0
  private finite = 0
  private low = Infinity
  private high = -Infinity
  private mean = 0
  private m2 = 0
  private m3 = 0

  add(values: Float32Array): void {
    let n = 0
    let sum = 0
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      // NaN and both infinities fail this.
      if (!(value - value === 0)) continue
      n++
      sum += value
      if (value < this.low) this.low = value
      if (value > this.high) this.high = value
    }
    this.seen += values.length
    if (n === 0) return
    const mean = sum / n
    let m2 = 0
    let m3 = 0
    for (let i = 0; i < values.length; i++) {
      const d = values[i]! - mean
      if (!(d - d === 0)) continue
      m2 += d * d
      m3 += d * d * d
    }
    this.merge(n, mean, m2, m3)
  }

  /** Everything it knows, to go on exactly from there. */
  state(): number[] {
    return [this.seen, this.finite, this.low, this.high, this.mean, this.m2, this.m3]
  }

  private merge(n: number, mean: number, m2: number, m3: number): void {
    const before = this.finite
    const total = before + n
    const delta = mean - this.mean
    this.m3 += m3 + (delta ** 3 * before * n * (before - n)) / total ** 2 + (3 * delta * (before * m2 - n * this.m2)) / total
    this.m2 += m2 + (delta ** 2 * before * n) / total
    this.mean += (delta * n) / total
    this.finite = total
  }

  result(): ValueStatistics {
    const empty = this.finite === 0
    const std = empty ? 0 : Math.sqrt(this.m2 / this.finite)
    return {
      count: this.seen,
      nonFinite: this.seen - this.finite,
      min: empty ? Number.NaN : this.low,
      max: empty ? Number.NaN : this.high,
      mean: empty ? Number.NaN : this.mean,
      std: empty ? Number.NaN : std,
      skewness: std > 0 ? this.m3 / this.finite / std ** 3 : 0,
    }
  }
}
