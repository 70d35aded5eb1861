import { escapeXml } from './fsc-table.ts'
import { fscPart, mapPart, momentPart, viewPart } from './report-figures.ts'
import { REPORT_STYLE } from './report-style.ts'
import type { ReportInput, ReportSection } from './report-input.ts'
import { nameTable, reportTable } from './report-table.ts'

/**
 * The report of a job as one HTML page that needs nothing else: pictures, drawings and style are in it, it asks no
 * server for anything and runs no script. Light and dark by the reader's setting; prints.
 */
export function reportHtml(input: ReportInput): string {
  const { title, volumes, fsc, views, moments, starts, timings, files } = input
  const parts = [
    volumes && part('Maps', mapPart(volumes), volumes.text),
    fsc && part('Fourier shell correlation', fscPart(fsc), fsc.text),
    views && part('Viewing directions', viewPart(views), views.text),
    moments && part('Moments', momentPart(moments), moments.text),
    starts && part('Independent starts', reportTable(starts)),
    ...(input.sections ?? []).map((section) => part(section.title, freePart(section), section.text)),
    part('How it was made', `<div class="pair"><div>${timings ? timingTable(timings) : ''}${nameTable('Provenance', input.provenance)}</div><div>${nameTable('Settings', flatten(input.settings))}</div></div>`),
    files && part('Files', reportTable({ columns: ['file', 'what it holds'], rows: files.map(({ path, what }) => [path, what]) }, { paths: true })),
  ]
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="CryoMoment">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="program">CryoMoment report</p>
<h1>${escapeXml(title)}</h1>
<p class="lead">${escapeXml(input.summary)}</p>
</header>
${metricList(input)}
${warningList(input.warnings)}
${parts.filter((text) => text !== undefined).join('\n')}
<footer>Made by CryoMoment. This page is one file: it can be mailed, archived and printed as it is.</footer>
</main>
</body>
</html>
`
}

function part(title: string, body: string, text?: string): string {
  return `<section>\n<h2>${escapeXml(title)}</h2>\n${text === undefined ? '' : `<p>${escapeXml(text)}</p>\n`}${body}\n</section>`
}

function metricList({ metrics }: ReportInput): string {
  if (metrics.length === 0) return ''
  const one = metrics.map(({ label, value, unit, note }) => {
    const measure = unit === undefined ? '' : ` <small>${escapeXml(unit)}</small>`
    return `<div><dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}${measure}</dd>${note === undefined ? '' : `<dd class="note">${escapeXml(note)}</dd>`}</div>`
  })
  return `<dl class="metrics">${one.join('')}</dl>`
}

function warningList(warnings: readonly string[] = []): string {
  if (warnings.length === 0) return ''
  return `<ul class="warnings" aria-label="Warnings">${warnings.map((text) => `<li>${escapeXml(text)}</li>`).join('')}</ul>`
}

function timingTable(timings: readonly { stage: string; seconds: number }[]): string {
  const total = timings.reduce((sum, { seconds }) => sum + seconds, 0)
  const rows = timings.map(({ stage, seconds }) => `<tr><th scope="row">${escapeXml(stage)}</th><td class="number">${duration(seconds)}</td><td class="bar"><div class="gauge"><i style="width:${((100 * seconds) / (total || 1)).toFixed(1)}%"></i></div></td></tr>`)
  return `<table><caption>Time</caption><tbody>${rows.join('')}<tr><th scope="row">all</th><td class="number">${duration(total)}</td><td></td></tr></tbody></table>`
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

function freePart(section: ReportSection): string {
  const drawings = (section.drawings ?? []).map(({ svg, alt, caption }) => `<figure class="chart" role="img" aria-label="${escapeXml(alt)}">${svg}${captionOf(caption)}</figure>`)
  const pictures = (section.pictures ?? []).map(({ source, alt, caption }) => `<figure><img src="${escapeXml(source)}" alt="${escapeXml(alt)}">${captionOf(caption)}</figure>`)
  return [...drawings, pictures.length > 0 ? `<div class="pictures">${pictures.join('')}</div>` : '', ...(section.tables ?? []).map((table) => reportTable(table))].join('\n')
}

function captionOf(text?: string): string {
  return text === undefined ? '' : `<figcaption>${escapeXml(text)}</figcaption>`
}

function flatten(record: Readonly<Record<string, unknown>>, prefix = ''): Record<string, string | number> {
  const flat: Record<string, string | number> = {}
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) Object.assign(flat, flatten(value as Record<string, unknown>, `${prefix}${key}.`))
    else flat[prefix + key] = typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)
  }
  return flat
}
