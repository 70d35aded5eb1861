/** The longest of 1, 2, 5 times a power of ten that takes at most `most` pixels, with its length in pixels. */
export function scaleBar(unitsPerPixel: number, most: number): { length: number; pixels: number } {
  const longest = unitsPerPixel * most
  if (!(longest > 0) || !Number.isFinite(longest)) return { length: 0, pixels: 0 }
  const power = 10 ** Math.floor(Math.log10(longest) + 1e-12)
  const factor = [5, 2, 1].find((step) => step * power <= longest * (1 + 1e-12)) ?? 1
  const length = Number((factor * power).toPrecision(1))
  return { length, pixels: length / unitsPerPixel }
}
