/** Ten of viridis's 256 colours, evenly spaced. **Source**: N. Smith, S. van der Walt, matplotlib (CC0). */
const VIRIDIS: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
]

export type Color = readonly [red: number, green: number, blue: number]

/**
 * The colour of a value between 0 and 1 on viridis: perceptually uniform, rising in lightness, readable by the colour-blind.
 * Values outside are held at the ends; what is not a number is at 0. **Units**: 0..255 a channel.
 */
export function viridis(value: number): Color {
  const place = Math.min(Math.max(Number.isFinite(value) ? value : 0, 0), 1) * (VIRIDIS.length - 1)
  const index = Math.min(Math.floor(place), VIRIDIS.length - 2)
  return mix(VIRIDIS[index]!, VIRIDIS[index + 1]!, place - index)
}

/** Blue below, grey at 0, red above; for values of either sign, between -1 and 1. **Source**: ends of Moreland's diverging map (2009). */
export function diverging(value: number): Color {
  const held = Math.min(Math.max(Number.isFinite(value) ? value : 0, -1), 1)
  return held < 0 ? mix([221, 221, 221], [59, 76, 192], -held) : mix([221, 221, 221], [180, 4, 38], held)
}

/** As CSS. */
export function cssColor([red, green, blue]: Color): string {
  return `rgb(${red}, ${green}, ${blue})`
}

function mix(from: Color, to: Color, share: number): Color {
  const channel = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * share)
  return [channel(0), channel(1), channel(2)]
}
