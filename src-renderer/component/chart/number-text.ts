/** A number as short as it can be read: 4 significant digits, thousands by commas, powers of ten beyond a million and below a thousandth. */
export function numberText(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return groupThousands(String(value))
  if (size >= 1e6 || size < 1e-3) return value.toExponential(Math.max(digits - 2, 0)).replace('e+', 'e')
  const decimals = Math.max(digits - 1 - Math.floor(Math.log10(size)), 0)
  return groupThousands(String(Number(value.toFixed(decimals))))
}

/** "12.3 Å", or a dash where there is none. */
export function angstromText(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : `${value.toFixed(value < 10 ? 2 : 1)} Å`
}

/** "1.4 MB": decimal units, as file managers show them. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let index = 0
  let value = bytes
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000
    index++
  }
  return `${index === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[index]}`
}

function groupThousands(text: string): string {
  const [whole, fraction] = text.split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
