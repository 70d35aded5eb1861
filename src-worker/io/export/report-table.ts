import { escapeXml } from './fsc-table.ts'
import type { ReportTable } from './report-input.ts'

/** A table with a heading row; numbers are set right and to four figures. */
export function reportTable(table: ReportTable, options: { paths?: boolean } = {}): string {
  const numeric = table.columns.map((_, i) => table.rows.length > 0 && table.rows.every((row) => typeof row[i] === 'number'))
  const head = table.columns.map((name, i) => `<th scope="col"${numeric[i] ? ' class="number"' : ''}>${escapeXml(name)}</th>`).join('')
  const rows = table.rows.map((row, index) => {
    const cells = row.map((value, i) => `<td${numeric[i] ? ' class="number"' : options.paths && i === 0 ? ' class="path"' : ''}>${cell(value)}</td>`).join('')
    return `<tr${index === table.marked ? ' class="marked"' : ''}>${cells}</tr>`
  })
  const caption = table.caption === undefined ? '' : `<caption>${escapeXml(table.caption)}</caption>`
  return `<div class="scroll"><table>${caption}<thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** Names and values, one a row. */
export function nameTable(caption: string, record: Readonly<Record<string, string | number>>): string {
  const rows = Object.entries(record).map(([key, value]) => `<tr><th scope="row">${escapeXml(key)}</th><td class="path">${cell(value)}</td></tr>`)
  return `<table><caption>${escapeXml(caption)}</caption><tbody>${rows.join('')}</tbody></table>`
}

function cell(value: string | number): string {
  return escapeXml(typeof value === 'string' ? value : figure(value))
}

/** Whole numbers as they are, others to four figures. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value)) return String(value)
  return String(Number(value.toPrecision(4))).replace('-', '−')
}
