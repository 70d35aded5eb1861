/** Numbers as people read them, with their units. */

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** "8.4 MB": powers of 1000, as file managers show them. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`
}

/** The services' plain letters as print has them: "64 x 64, 2.7 A" becomes "64 × 64, 2.7 Å". */
export function typeset(text: string): string {
  return text.replaceAll(/(?<=[\d)]) x (?=[\d(])/g, ' × ').replaceAll(/(?<=\d) (?:A|Angstrom)(?![A-Za-z])/g, ' Å')
}

/** "4,000". */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** Four digits that matter: "0.01234", "1.235e-7", "12.5". */
export function valueText(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size >= 1e5 || size < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(4)))
}

/** "3 minutes ago", from an ISO time. */
export function agoText(time: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(time)) / 1000
  if (!Number.isFinite(seconds)) return ''
  if (seconds < 45) return 'just now'
  const [amount, unit] = seconds < 2700 ? [seconds / 60, 'minute'] : seconds < 79_200 ? [seconds / 3600, 'hour'] : seconds < 2.6e6 ? [seconds / 86_400, 'day'] : seconds < 3.1e7 ? [seconds / 2.63e6, 'month'] : [seconds / 3.156e7, 'year']
  const whole = Math.max(1, Math.round(amount as number))
  return `${whole} ${unit}${whole === 1 ? '' : 's'} ago`
}
