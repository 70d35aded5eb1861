import { describe, expect, it } from 'vitest'
import { sphericalBesselBasis } from '#core/basis/spherical-bessel.ts'
import { steerableBasis } from '#core/basis/steerable.ts'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { directionGrid } from '#method/expectation-maximization/direction-grid.ts'
import { cellFloats } from '#method/expectation-maximization/expectation.ts'
import { maximizationBytes, MaximizationStep } from '#method/expectation-maximization/maximization.ts'
import { identityComponents } from '../../support/identity-components.ts'

describe('MaximizationStep', () => {
  const image = steerableBasis({ boxSize: 17, radius: 7, maxFrequency: 1.2 })
  const volume = sphericalBesselBasis({ degree: 4, radius: 7, maxFrequency: 1.3 })
  const grid = directionGrid(40)
  const q = grid.directions.length / 3
  const components = identityComponents(image)
  const step = new MaximizationStep(new Kernel(maximizationBytes(volume, image.counts, q)), { volume, image, components, directions: grid.directions })
  const counts = step.model.counts
  const random = new Random(8)
  const n = volume.length
  const floats = cellFloats(counts)
  const weights = Float64Array.from({ length: q }, () => 3 * random.uniform())
  const numerators = Float64Array.from({ length: (q / 4) * floats }, () => 5 * random.normal())
  const precision = Float64Array.from({ length: n }, () => 1 + 20 * random.uniform())

  // Real columns of the linear map in cell layout, and the weight c_m of each entry.
  const columns = Array.from({ length: n }, (_, i) => Float64Array.from(step.templates(Float64Array.from({ length: n }, (__, k) => (k === i ? 1 : 0))).slices))
  const factor = Float64Array.from({ length: floats }, (_, k) => (k < 4 * counts[0]! ? 0.5 : 1))
  const at = (k: number): { weight: number; direction: number } => ({ weight: factor[k % floats]!, direction: 4 * Math.floor(k / floats) + (k & 3) })

  it('finds the minimiser of the weighted squares: dense normal equations in float64', () => {
    const matrix = Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: n + 1 }, (__, j) => {
        let sum = j === i ? precision[i]! : 0
        const right = j === n
        for (let k = 0; k < numerators.length; k++) {
          const { weight, direction } = at(k)
          sum += 2 * weight * columns[i]![k]! * (right ? numerators[k]! : weights[direction]! * columns[j]![k]!)
        }
        return sum
      }),
    )
    const expected = solve(matrix)
    const found = step.maximize({ numerators, weights }, { start: new Float64Array(n), precision, iterations: 200, tolerance: 1e-6 }).coefficients
    const size = Math.hypot(...expected)
    found.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThan(1e-4 * size))
  })

  it('takes an envelope as the scale of the prior: one half everywhere is four times the precision', () => {
    const envelope = new Float64Array(15).fill(0.5)
    const scaled = new MaximizationStep(new Kernel(maximizationBytes(volume, image.counts, q)), { volume, image, components, directions: grid.directions, envelope })
    const start = Float64Array.from({ length: n }, () => random.normal())
    const found = scaled.maximize({ numerators, weights }, { start, precision, iterations: 200, tolerance: 1e-6 })
    const expected = step.maximize({ numerators, weights }, { start, precision: precision.map((p) => 4 * p), iterations: 200, tolerance: 1e-6 }).coefficients
    const size = Math.hypot(...expected)
    found.coefficients.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThan(1e-4 * size))
    found.scaled.forEach((y, i) => expect(Math.abs(y - 2 * expected[i]!)).toBeLessThan(2e-4 * size))
  })

  it('gives the energies |s_0|^2 / 2 + sum |s_m|^2 of its templates', () => {
    const { slices, energies } = step.templates(Float64Array.from({ length: n }, () => random.normal()))
    const expected = new Float64Array(q)
    slices.forEach((value, k) => (expected[at(k).direction]! += at(k).weight * value * value))
    energies.forEach((e, j) => expect(e).toBeCloseTo(expected[j]!, 3))
  })

  it('knows the inverse of the normal matrix for uniform views', () => {
    const uniform = new Float64Array(q).fill(2)
    const flat = new Float64Array(n).fill(3)
    const known = step.uniform(uniform, flat)
    // A grid of 40 directions integrates low degrees closely: there the inverse of the whole matrix undoes it
    for (const l of [0, 1, 2]) {
      for (let s = 0; s < volume.counts[l]!; s++) {
        const i = volume.offsets[l]! + s
        const column = Float64Array.from({ length: n }, (_, j) => {
          let sum = j === i ? 3 : 0
          for (let k = 0; k < numerators.length; k++) sum += 2 * at(k).weight * 2 * columns[i]![k]! * columns[j]![k]!
          return sum
        })
        known.solve(column).forEach((value, j) => expect(Math.abs(value - (j === i ? 1 : 0))).toBeLessThan(0.05))
      }
    }
    const [first] = known.variances()
    const unit = new Float64Array(n)
    unit[0] = 1
    expect(first).toBeCloseTo(known.solve(unit)[0]!, 12)
  })
})

// Gaussian elimination with pivoting of [A | b]
function solve(rows: Float64Array[]): Float64Array {
  const n = rows.length
  for (let c = 0; c < n; c++) {
    let pivot = c
    for (let r = c; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r
    ;[rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!]
    for (let r = 0; r < n; r++) {
      if (r === c) continue
      const f = rows[r]![c]! / rows[c]![c]!
      for (let k = c; k <= n; k++) rows[r]![k]! -= f * rows[c]![k]!
    }
  }
  return Float64Array.from(rows, (row, i) => row[n]! / row[i]!)
}
