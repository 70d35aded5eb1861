/** A level as people read it: so many significant digits, no noise behind them. */
export function readable(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return ''
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-3) return value.toExponential(Math.max(0, digits - 1)).replace('e+', 'e')
  return String(Number(value.toPrecision(digits)))
}

/** Kilodaltons, or megadaltons where there are many. */
export function massText(kilodalton: number): string {
  return kilodalton >= 1000 ? `${readable(kilodalton / 1000, 3)} MDa` : `${readable(kilodalton, 3)} kDa`
}
