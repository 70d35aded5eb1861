import { expect, it } from 'vitest'
import { gridDirections, spreadShares, viewingGrid, type ViewingGrid } from '#core/distribution/viewing-grid.ts'
import { fibonacciSphere } from '#core/geometry/sphere-points.ts'

function integral({ rows, columns, density }: ViewingGrid, of: (w: ArrayLike<number>) => number = () => 1): number {
  const nodes = gridDirections(rows, columns)
  let sum = 0
  for (let i = 0; i < rows; i++) {
    const area = ((Math.cos((i * Math.PI) / rows) - Math.cos(((i + 1) * Math.PI) / rows)) * 2 * Math.PI) / columns
    for (let j = 0; j < columns; j++) sum += area * density[i * columns + j]! * of(nodes.subarray(3 * (i * columns + j), 3 * (i * columns + j) + 3))
  }
  return sum
}

it('is a density: uniform is 1 / (4 pi), and the mean direction of exp(k z) is coth k - 1/k', () => {
  for (const value of viewingGrid((w) => new Float64Array(w.length / 3).fill(7)).density) expect(value).toBeCloseTo(1 / (4 * Math.PI), 12)
  const k = 2
  const grid = viewingGrid((w) => Float64Array.from({ length: w.length / 3 }, (_, i) => Math.exp(k * w[3 * i + 2]!)), 90, 180)
  expect(integral(grid)).toBeCloseTo(1, 12)
  expect(integral(grid, (w) => w[2]!)).toBeCloseTo(1 / Math.tanh(k) - 1 / k, 3)
})

it('has rows of polar angle from +z and columns of azimuth from +x', () => {
  const nodes = gridDirections(2, 4)
  const angle = Math.PI / 4
  expect([...nodes.subarray(0, 3)].map((x) => x + 0)).toEqual([Math.sin(angle) * Math.cos(angle), Math.sin(angle) * Math.sin(angle), Math.cos(angle)])
  expect(nodes[3 * 4 + 2]).toBeCloseTo(-Math.cos(angle), 12)
})

it('spreads shares of directions and their opposites without moving them', () => {
  const count = 400
  const directions = fibonacciSphere(2 * count).slice(0, 3 * count)
  const at = 123
  const probability = new Float64Array(count)
  const opposite = new Float64Array(count)
  opposite[at] = 1
  const grid = spreadShares({ directions, probability, opposite }, 60, 120)
  const peak = [0, 1, 2].map((c) => -directions[3 * at + c]!)
  const mean = [0, 1, 2].map((c) => integral(grid, (w) => w[c]!))
  const length = Math.hypot(...mean)
  expect(length).toBeGreaterThan(0.98)
  expect(mean.reduce((sum, x, c) => sum + (x / length) * peak[c]!, 0)).toBeGreaterThan(0.999)
  const even = spreadShares({ directions, probability: new Float64Array(count).fill(1 / (2 * count)), opposite: new Float64Array(count).fill(1 / (2 * count)) })
  for (const value of even.density) expect(value * 4 * Math.PI).toBeCloseTo(1, 10)
})
