import { requireInput } from '../error.ts'

/**
 * Gauss-Legendre rule: sum_i weights[i] f(nodes[i]) equals the integral of f over [from, to] for polynomials
 * of degree <= 2 count - 1. Nodes ascend.
 * **Source**: Newton's method on P_n from Tricomi's first guess; weight 2 / ((1 - x^2) P_n'(x)^2).
 */
export function gaussLegendre(count: number, from = -1, to = 1): { nodes: Float64Array; weights: Float64Array } {
  requireInput(Number.isInteger(count) && count >= 1, () => `a Gauss-Legendre rule needs a whole number of nodes, at least 1, found ${count}`)
  const nodes = new Float64Array(count)
  const weights = new Float64Array(count)
  const half = (to - from) / 2
  const middle = (to + from) / 2
  for (let i = 0; i < Math.ceil(count / 2); i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5))
    let derivative = 1
    for (let step = 0; step < 100; step++) {
      let previous = 1
      let value = x
      for (let l = 2; l <= count; l++) {
        const next = ((2 * l - 1) * x * value - (l - 1) * previous) / l
        previous = value
        value = next
      }
      derivative = (count * (previous - x * value)) / (1 - x * x)
      const change = value / derivative
      x -= change
      if (Math.abs(change) < 1e-16) break
    }
    if (2 * i + 1 === count) x = 0
    const weight = (2 * half) / ((1 - x * x) * derivative * derivative)
    nodes[i] = middle - half * x
    nodes[count - 1 - i] = middle + half * x
    weights[i] = weight
    weights[count - 1 - i] = weight
  }
  return { nodes, weights }
}
