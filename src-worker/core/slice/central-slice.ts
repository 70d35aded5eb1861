import { fft2 } from '../math/fft.ts'
import type { Volume } from '../volume/volume.ts'
import { halfPlane } from './half-plane.ts'

/**
 * The transform `V(k) = sum_x v(x) exp(-i k.x)` (x from the centre) of a volume on a central slice, summed directly in
 * float64: `k = (2 pi / n) A^T (u, v, 0)` for pairs (u, v) in units of 1/n. The reference for fast slices; O(n^3) a point.
 */
export function centralSlice(volume: Volume, rotation: ArrayLike<number>, points: ArrayLike<number>): { re: Float64Array; im: Float64Array } {
  const { size: n, data } = volume
  const count = points.length / 2
  const re = new Float64Array(count)
  const im = new Float64Array(count)
  const [cos, sin] = [new Float64Array(n), new Float64Array(n)]
  const unit = (2 * Math.PI) / n
  const c = Math.floor(n / 2)
  for (let i = 0; i < count; i++) {
    const [u, v] = [points[2 * i]! * unit, points[2 * i + 1]! * unit]
    const [kx, ky, kz] = [0, 1, 2].map((axis) => u * rotation[axis]! + v * rotation[3 + axis]!) as [number, number, number]
    for (let x = 0; x < n; x++) {
      cos[x] = Math.cos(kx * (x - c))
      sin[x] = -Math.sin(kx * (x - c))
    }
    for (let z = 0, row = 0; z < n; z++) {
      for (let y = 0; y < n; y++, row += n) {
        let lineRe = 0
        let lineIm = 0
        for (let x = 0; x < n; x++) {
          lineRe += data[row + x]! * cos[x]!
          lineIm += data[row + x]! * sin[x]!
        }
        const angle = ky * (y - c) + kz * (z - c)
        re[i]! += lineRe * Math.cos(angle) + lineIm * Math.sin(angle)
        im[i]! += lineIm * Math.cos(angle) - lineRe * Math.sin(angle)
      }
    }
  }
  return { re, im }
}

/**
 * The projection `I(y) = sum_z v(A^T (y, z))` of a band-limited volume (|k| < pi) by the slice theorem, direct sums in
 * float64, n x n pixels, centre at floor(n/2). The reference for `Projector`.
 */
export function projectDirectly(volume: Volume, rotation: ArrayLike<number>): Float64Array {
  const n = volume.size
  const { points, places, mirrors } = halfPlane(n)
  const slice = centralSlice(volume, rotation, points)
  const re = new Float64Array(n * n)
  const im = new Float64Array(n * n)
  for (let i = 0; i < places.length; i++) {
    const angle = (-2 * Math.PI * (points[2 * i]! + points[2 * i + 1]!) * Math.floor(n / 2)) / n
    const a = slice.re[i]! * Math.cos(angle) - slice.im[i]! * Math.sin(angle)
    const b = slice.re[i]! * Math.sin(angle) + slice.im[i]! * Math.cos(angle)
    re[mirrors[i]!] = re[places[i]!] = a
    im[mirrors[i]!] = -b
    im[places[i]!] = b
  }
  fft2(re, im, n, 'inverse')
  return re
}
