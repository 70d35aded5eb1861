/** A result for a person: one line a value, nested ones under their name, long lists cut. */
export function summaryText(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return `${indent}${scalar(value)}\n`
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  const width = Math.max(0, ...entries.map(([key]) => words(key).length))
  return entries
    .map(([key, member]) => {
      const name = words(key)
      if (Array.isArray(member)) return `${indent}${name.padEnd(width)}  ${list(member)}\n`
      if (typeof member === 'object' && member !== null) return `${indent}${name}\n${summaryText(member, `${indent}  `)}`
      return `${indent}${name.padEnd(width)}  ${scalar(member)}\n`
    })
    .join('')
}

const SHOWN = 8

function list(values: readonly unknown[]): string {
  if (values.length === 0) return 'none'
  const shown = values.slice(0, SHOWN).map((value) => (typeof value === 'object' ? JSON.stringify(value) : scalar(value)))
  return values.length > SHOWN ? `${shown.join('  ')}  … (${values.length} values; --json shows all)` : shown.join('  ')
}

function scalar(value: unknown): string {
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
}

/** camelCase to words. */
function words(key: string): string {
  return key.replace(/([a-z])([A-Z0-9])/g, '$1 $2').replace(/([0-9])([A-Z])/g, '$1 $2').toLowerCase()
}
