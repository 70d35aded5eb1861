/** A Kaiser-Bessel gridding window `K(u) = I0(beta sqrt(1 - (2 u / W)^2)) / I0(beta)` for |u| < W / 2 grid steps, 0 outside. */
export interface KaiserBesselWindow {
  /** W: how many grid points a value is read from, per axis. */
  readonly width: number
  readonly beta: number
}

/** The window for a grid `oversampling` times finer than needed; beta of Beatty, Nishimura and Pauly (2005), eq. 5. */
export function kaiserBesselWindow(width: number, oversampling = 2): KaiserBesselWindow {
  return { width, beta: Math.PI * Math.sqrt(((width / oversampling) * (oversampling - 0.5)) ** 2 - 0.8) }
}

/** K(u). */
export function windowValue(window: KaiserBesselWindow, u: number): number {
  const t = 1 - ((2 * u) / window.width) ** 2
  return t < 0 ? 0 : besselI0(window.beta * Math.sqrt(t)) / besselI0(window.beta)
}

/** The window's Fourier transform, `W sinh(s) / (s I0(beta))` with `s^2 = beta^2 - (pi W f)^2`, f in cycles per grid step. */
export function windowTransform(window: KaiserBesselWindow, f: number): number {
  const square = window.beta ** 2 - (Math.PI * window.width * f) ** 2
  const s = Math.sqrt(Math.abs(square))
  const ratio = s < 1e-8 ? 1 : square > 0 ? Math.sinh(s) / s : Math.sin(s) / s
  return (window.width * ratio) / besselI0(window.beta)
}

/** Modified Bessel function I_0 by its power series (Abramowitz and Stegun 9.6.12); all terms positive, so no cancellation. */
export function besselI0(x: number): number {
  const quarter = (x * x) / 4
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k)
    sum += term
  }
  return sum
}
