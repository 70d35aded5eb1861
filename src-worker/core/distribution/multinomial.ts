import { requireInput } from '../error.ts'
import type { Random } from '../random.ts'

/** Below this many trials they are made one by one. */
const FEW = 16

/**
 * How many of `trials` independent trials of the given probability succeed, exact for any number of them: the k-th
 * smallest of n uniform numbers is Beta(k, n + 1 - k), so one such draw halves the trials that are still undecided
 * (Devroye 1986, X.4.3, recursive binomial generator; beta from two gamma variates).
 */
export function binomialCount(trials: number, probability: number, random: Random): number {
  let count = 0
  let n = trials
  let p = probability
  while (n > FEW && p > 0 && p < 1) {
    const k = 1 + Math.floor(n / 2)
    const left = random.gamma(k)
    const at = left / (left + random.gamma(n + 1 - k))
    if (at <= p) {
      count += k
      p = (p - at) / (1 - at)
      n -= k
    } else {
      p /= at
      n = k - 1
    }
  }
  if (p >= 1) return count + n
  for (let i = 0; i < n; i++) if (random.uniform() < p) count++
  return count
}

/**
 * How often each cell is hit by `trials` independent draws with probabilities proportional to `weights` (>= 0, not all
 * zero): conditional binomials, exact. Shape: weights.length; the counts sum to `trials`.
 */
export function multinomialCounts(trials: number, weights: ArrayLike<number>, random: Random): Float64Array {
  const counts = new Float64Array(weights.length)
  // Sums from the end: the last cell with a weight gets exactly what is left.
  const rest = new Float64Array(weights.length + 1)
  for (let i = weights.length - 1; i >= 0; i--) rest[i] = rest[i + 1]! + weights[i]!
  requireInput(rest[0]! > 0, () => 'the weights of a multinomial draw are all zero', { found: rest[0] })
  let left = trials
  for (let i = 0; i < counts.length && left > 0; i++) {
    if (weights[i] === 0) continue
    counts[i] = rest[i + 1] === 0 ? left : binomialCount(left, weights[i]! / rest[i]!, random)
    left -= counts[i]!
  }
  return counts
}
