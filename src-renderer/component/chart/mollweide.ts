/** A place on the flat ellipse: x in -1..1 of the half width, y in -1..1 of the half height, north up. */
export interface MapPoint {
  readonly x: number
  readonly y: number
}

/** A direction: polar angle from +z (tilt, 0..pi) and azimuth (rot, 0..2 pi). **Units**: rad. */
export interface Direction {
  readonly polar: number
  readonly azimuth: number
}

/**
 * Mollweide's equal-area projection, azimuth 0 in the middle: `2 t + sin 2t = pi sin(latitude)`, `x = longitude cos t / pi`, `y = sin t`.
 * **Source**: Snyder, Map projections (1987), equations 31-1 to 31-6.
 */
export function toMollweide({ polar, azimuth }: Direction): MapPoint {
  const latitude = Math.PI / 2 - polar
  const longitude = azimuth > Math.PI ? azimuth - 2 * Math.PI : azimuth
  const angle = auxiliaryAngle(latitude)
  return { x: (longitude * Math.cos(angle)) / Math.PI, y: Math.sin(angle) }
}

/** The direction drawn at a point; `null` outside the ellipse. */
export function fromMollweide({ x, y }: MapPoint): Direction | null {
  if (Math.abs(y) > 1) return null
  const angle = Math.asin(y)
  const halfWidth = Math.cos(angle)
  if (Math.abs(x) > halfWidth) return null
  const longitude = halfWidth === 0 ? 0 : (Math.PI * x) / halfWidth
  const latitude = Math.asin((2 * angle + Math.sin(2 * angle)) / Math.PI)
  return { polar: Math.PI / 2 - latitude, azimuth: longitude < 0 ? longitude + 2 * Math.PI : longitude }
}

function auxiliaryAngle(latitude: number): number {
  if (Math.abs(latitude) > Math.PI / 2 - 1e-9) return Math.sign(latitude) * (Math.PI / 2)
  const target = Math.PI * Math.sin(latitude)
  let angle = latitude
  for (let step = 0; step < 30; step++) {
    const slope = 2 + 2 * Math.cos(2 * angle)
    const change = (2 * angle + Math.sin(2 * angle) - target) / slope
    angle -= change
    if (Math.abs(change) < 1e-13) break
  }
  return angle
}
