import { describe, expect, it } from 'vitest'
import { Random } from '#core/random.ts'
import { Kernel } from '#kernel/kernel.ts'
import { cellFloats, expectationBytes, ExpectationStep, type ExpectationInput } from '#method/expectation-maximization/expectation.ts'

const counts = [3, 2, 2, 1]
const fullCounts = [4, 3, 2, 2, 1]
const layout = { counts, cellCount: 3, angles: 12 }
const random = new Random(4)
const normals = (length: number, scale = 1): Float64Array => Float64Array.from({ length }, () => scale * random.normal())
const projection = counts.map((count, m) => normals(count * fullCounts[m]!, 0.5))
const fullLength = fullCounts.reduce((sum, count, m) => sum + (m === 0 ? count : 2 * count), 0)
const images = 5
const coefficients = Float32Array.from(normals(images * fullLength))
const floats = cellFloats(counts)
const slices = Float32Array.from(normals(layout.cellCount * floats))
const logPrior = normals(8 * layout.cellCount, 0.3)

type Complex = readonly [number, number]

/** z_mp of an image, from the definition. */
function components(i: number): Complex[][] {
  let at = i * fullLength
  return counts.map((count, m) => {
    const full = fullCounts[m]!
    const out: Complex[] = []
    for (let p = 0; p < count; p++) {
      let re = 0
      let im = 0
      for (let a = 0; a < full; a++) {
        re += projection[m]![p * full + a]! * coefficients[at + a]!
        if (m > 0) im += projection[m]![p * full + a]! * coefficients[at + full + a]!
      }
      out.push([re, im])
    }
    at += m === 0 ? full : 2 * full
    return out
  })
}

/** s_mp of direction lane 0..7 of a cell; lanes 4..7 are the opposites, (-1)^m conj s. */
function template(cell: number, lane: number): Complex[][] {
  let at = cell * floats + (lane % 4)
  return counts.map((count, m) => {
    const out: Complex[] = []
    for (let p = 0; p < count; p++) {
      const re = slices[at]!
      const im = m > 0 ? slices[at + 4]! : 0
      at += m > 0 ? 8 : 4
      const sign = m % 2 === 0 ? 1 : -1
      out.push(lane < 4 ? [re, im] : [sign * re, -sign * im])
    }
    return out
  })
}

const energy = (s: Complex[][]): number => s.reduce((sum, order, m) => sum + (m === 0 ? 0.5 : 1) * order.reduce((e, [re, im]) => e + re * re + im * im, 0), 0)
const bias = Float32Array.from({ length: 8 * layout.cellCount }, (_, k) => logPrior[k]! - energy(template(k >> 3, k & 7)))

function bruteForce(rows: readonly number[], listed: (image: number) => readonly number[]) {
  const numerators = new Float64Array(layout.cellCount * floats)
  const weights = new Float64Array(8 * layout.cellCount)
  let logLikelihood = 0
  let entropy = 0
  const best = rows.map(() => ({ score: -Infinity, cell: 0, lane: 0, angle: 0, probability: 0 }))
  rows.forEach((row, i) => {
    const z = components(row)
    const states: { cell: number; lane: number; gamma: number; score: number }[] = []
    for (const cell of listed(i)) {
      for (let lane = 0; lane < 8; lane++) {
        const s = template(cell, lane)
        for (let g = 0; g < layout.angles; g++) {
          const gamma = (-2 * Math.PI * g) / layout.angles
          let score = bias[8 * cell + lane]!
          z.forEach((order, m) =>
            order.forEach(([zr, zi], p) => {
              const [sr, si] = s[m]![p]!
              const re = Math.cos(m * gamma) * zr - Math.sin(m * gamma) * zi
              const im = Math.cos(m * gamma) * zi + Math.sin(m * gamma) * zr
              score += (m === 0 ? 1 : 2) * (re * sr + im * si)
            }),
          )
          states.push({ cell, lane, gamma, score })
          if (score > best[i]!.score) best[i] = { score, cell, lane, angle: g, probability: 0 }
        }
      }
    }
    const total = states.reduce((sum, state) => sum + Math.exp(state.score), 0)
    logLikelihood += Math.log(total / layout.angles)
    best[i]!.probability = Math.exp(best[i]!.score) / total
    for (const { cell, lane, gamma, score } of states) {
      const p = Math.exp(score) / total
      entropy -= p * Math.log(p)
      weights[8 * cell + lane]! += p
      let at = cell * floats + (lane % 4)
      z.forEach((order, m) =>
        order.forEach(([zr, zi]) => {
          const re = p * (Math.cos(m * gamma) * zr - Math.sin(m * gamma) * zi)
          const im = p * (Math.cos(m * gamma) * zi + Math.sin(m * gamma) * zr)
          const sign = lane < 4 ? 1 : m % 2 === 0 ? 1 : -1
          numerators[at]! += sign * re
          if (m > 0) numerators[at + 4]! += (lane < 4 ? 1 : -sign) * im
          at += m > 0 ? 8 : 4
        }),
      )
    }
  })
  return { numerators, weights, logLikelihood, entropy, best }
}

function run(input: Pick<ExpectationInput, 'rows' | 'candidates'>) {
  const map = { fullCounts, projection }
  const step = new ExpectationStep(new Kernel(expectationBytes(layout, map)), layout, map)
  return step.run({ coefficients, fullLength, slices, bias, ...input })
}

// Cells below 1e-4 of an image's posterior are left out of its sums.
const close = (found: ArrayLike<number>, expected: Float64Array): void => expected.forEach((value, k) => expect(Math.abs(found[k]! - value)).toBeLessThan(1e-3))

describe('ExpectationStep', () => {
  it('equals the posterior summed over every direction and angle in float64', () => {
    const found = run({ rows: Int32Array.of(0, 1, 2, 3, 4) })
    const expected = bruteForce([0, 1, 2, 3, 4], () => [0, 1, 2])
    close(found.numerators, expected.numerators)
    close(found.weights, expected.weights)
    expect(found.logLikelihood).toBeCloseTo(expected.logLikelihood, 3)
    expect(found.entropy).toBeCloseTo(expected.entropy, 3)
    expected.best.forEach(({ cell, lane, angle, probability }, i) => {
      expect(found.best.direction[i]).toBe(4 * cell + (lane % 4))
      expect(found.best.opposite[i]).toBe(lane >= 4 ? 1 : 0)
      expect(found.best.angle[i]).toBe(angle)
      expect(found.best.probability[i]).toBeCloseTo(probability, 4)
    })
  })

  it('looks only at the listed cells of each image, in any order of rows', () => {
    const lists = [[1], [0, 2], [2, 1]]
    const candidates = { start: Int32Array.of(0, 1, 3, 5), cells: Int32Array.from(lists.flat()) }
    const found = run({ rows: Int32Array.of(3, 0, 4), candidates })
    const expected = bruteForce([3, 0, 4], (i) => lists[i]!)
    close(found.numerators, expected.numerators)
    close(found.weights, expected.weights)
    expect(found.logLikelihood).toBeCloseTo(expected.logLikelihood, 3)
  })

  it('keeps the cells that hold half a percent of an image', () => {
    const found = run({ rows: Int32Array.of(2) })
    const expected = bruteForce([2], () => [0, 1, 2])
    const cells = [0, 1, 2].filter((cell) => expected.weights.slice(8 * cell, 8 * cell + 8).reduce((a, b) => a + b, 0) >= 5e-3)
    expect([...found.kept.cells]).toEqual(cells)
  })
})
