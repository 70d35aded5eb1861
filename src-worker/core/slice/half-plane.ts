/** The independent Fourier samples of a real n x n image inside the Nyquist circle. */
export interface HalfPlane {
  /** Pairs (h, k) of signed frequencies with h >= 0 (k >= 0 where h = 0), h^2 + k^2 < (n/2)^2. */
  readonly points: Float32Array
  /** Index of (h, k) in a plain n x n transform. */
  readonly places: Int32Array
  /** Index of (-h, -k). */
  readonly mirrors: Int32Array
}

/** Lists the half-plane of box n. The Nyquist frequency itself is left out (it has no partner in an even box). */
export function halfPlane(size: number): HalfPlane {
  const points: number[] = []
  const places: number[] = []
  const mirrors: number[] = []
  const limit = (size / 2) ** 2
  const place = (h: number, k: number): number => ((k + size) % size) * size + ((h + size) % size)
  for (let k = -Math.floor(size / 2); k <= size / 2; k++) {
    for (let h = 0; h <= size / 2; h++) {
      if (h * h + k * k >= limit || (h === 0 && k < 0)) continue
      points.push(h, k)
      places.push(place(h, k))
      mirrors.push(place(-h, -k))
    }
  }
  return { points: Float32Array.from(points), places: Int32Array.from(places), mirrors: Int32Array.from(mirrors) }
}
