import { requireInput } from '../error.ts'

/**
 * The Fibonacci spiral: nearly uniform points on the unit sphere, z_i = 1 - 2 (i + 1/2) / count and azimuth
 * pi (1 + sqrt 5)(i + 1/2). Equal weights 4 pi / count make a good quadrature.
 * **Shape**: 3 count values, x, y, z of each point.
 */
export function fibonacciSphere(count: number): Float64Array {
  requireInput(Number.isInteger(count) && count >= 1, () => `a set of sphere points needs a whole count, at least 1, found ${count}`)
  const points = new Float64Array(3 * count)
  for (let i = 0; i < count; i++) {
    const z = 1 - (2 * (i + 0.5)) / count
    const across = Math.sqrt((1 - z) * (1 + z))
    const azimuth = Math.PI * (1 + Math.sqrt(5)) * (i + 0.5)
    points[3 * i] = across * Math.cos(azimuth)
    points[3 * i + 1] = across * Math.sin(azimuth)
    points[3 * i + 2] = z
  }
  return points
}
