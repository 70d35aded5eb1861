interface Line {
  readonly id: string
  readonly status: string
  readonly found: string
  readonly expected: string
  readonly fix: string | null
}

/** The lines of a check for a person: what stops first, what to do under each that is not ok. */
export function checkText(summary: unknown): string {
  const { lines, sample, particles } = summary as { readonly lines: readonly Line[]; readonly sample: number; readonly particles: number }
  const width = Math.max(...lines.map(({ id }) => id.length))
  const order = ['stop', 'warning', 'ok']
  const sorted = [...lines].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
  const indent = ' '.repeat(width + 11)
  const rows = sorted.map(({ id, status, found, expected, fix }) => `${status.toUpperCase().padEnd(9)}${id.padEnd(width)}  ${found}\n${status === 'ok' ? '' : `${indent}expected: ${expected}\n${fix === null ? '' : `${indent}what to do: ${fix}\n`}`}`)
  return `${rows.join('')}\n${sample} of ${particles} particles were looked at; no file was changed.\n`
}
