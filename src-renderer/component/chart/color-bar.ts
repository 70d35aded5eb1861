/** Round numbers from one value to another (1, 2 or 5 times a power of ten apart), as many as fit beside a bar: at most six. */
export function barTicks(least: number, greatest: number): number[] {
  const span = greatest - least
  if (!(span > 0)) return [least]
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= 5 + 1e-9)!
  const first = Math.ceil(least / step - 1e-9)
  const count = Math.floor(greatest / step + 1e-9) - first + 1
  // Multiples of a decimal step are written as people would write them: 0.3, not 0.30000000000000004.
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(6)))
}
