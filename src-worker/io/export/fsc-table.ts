import { formatStar } from '#core/format/star.ts'
import type { FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { requireShape } from '#core/error.ts'

/** A curve and what it compares. */
export interface NamedFsc {
  /** What the legend says, e.g. "unmasked". */
  readonly name: string
  /** Which of RELION's columns it fills. */
  readonly kind: 'plain' | 'unmasked' | 'masked' | 'corrected' | 'randomized'
  readonly curve: FscCurve
}

const STAR_COLUMNS: Readonly<Record<NamedFsc['kind'], string>> = {
  plain: 'rlnFourierShellCorrelation',
  unmasked: 'rlnFourierShellCorrelationUnmaskedMaps',
  masked: 'rlnFourierShellCorrelationMaskedMaps',
  corrected: 'rlnFourierShellCorrelationCorrected',
  randomized: 'rlnCorrectedFourierShellCorrelationPhaseRandomizedMaskedMaps',
}

/** RELION's `data_fsc` table. Like RELION's, its shell 0 has resolution 999 Angstrom. */
export function fscStar(curves: readonly NamedFsc[]): string {
  const { frequency, correlation } = first(curves)
  const columns = ['rlnSpectralIndex', 'rlnResolution', 'rlnAngstromResolution', ...curves.map(({ kind }) => STAR_COLUMNS[kind])]
  const rows = [...frequency]
  const values = [
    rows.map((_, i) => String(i)),
    rows.map((f) => (f === 0 ? 1 / 999 : f).toFixed(6)),
    rows.map((f) => (f === 0 ? 999 : 1 / f).toFixed(6)),
    ...curves.map(({ curve }) => [...curve.correlation].map((c) => c.toFixed(6))),
  ]
  return formatStar({ blocks: [{ name: 'fsc', pairs: new Map(), loops: [{ columns, values, count: correlation.length }] }] })
}

/** The XML that EMDB takes with a deposition: x in 1/Angstrom, y the correlation, without shell 0. One curve. */
export function fscXml({ curve }: NamedFsc, title: string): string {
  const points = [...curve.frequency].map((f, i) => `  <coordinate>\n    <x>${f.toFixed(6)}</x>\n    <y>${curve.correlation[i]!.toFixed(6)}</y>\n  </coordinate>\n`).slice(1)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<fsc title="${escapeXml(title)}" xaxis="Resolution (A-1)" yaxis="Correlation Coefficient">\n${points.join('')}</fsc>\n`
}

/** Comma-separated: shell, frequency (1/Angstrom), resolution (Angstrom; empty at shell 0), one column a curve. */
export function fscCsv(curves: readonly NamedFsc[]): string {
  const { frequency } = first(curves)
  const head = ['shell', 'frequency_per_angstrom', 'resolution_angstrom', ...curves.map(({ name }) => `fsc_${name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`)]
  const rows = [...frequency].map((f, i) => [i, f.toFixed(6), f === 0 ? '' : (1 / f).toFixed(4), ...curves.map(({ curve }) => curve.correlation[i]!.toFixed(6))].join(','))
  return `${head.join(',')}\n${rows.join('\n')}\n`
}

function first(curves: readonly NamedFsc[]): FscCurve {
  const curve = curves[0]!.curve
  requireShape(
    curves.every((other) => other.curve.correlation.length === curve.correlation.length),
    () => 'curves of one table need the same shells',
  )
  return curve
}

/** Text that may stand in XML or HTML, quoted attributes included. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
