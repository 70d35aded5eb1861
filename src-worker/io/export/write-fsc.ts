import { extname } from 'node:path'
import { AppError } from '#core/error.ts'
import { writeFileAtomic } from '../atomic-file.ts'
import { fscSvg, type FscThreshold } from './fsc-chart.ts'
import { fscCsv, fscStar, fscXml, type NamedFsc } from './fsc-table.ts'

/** What a Fourier shell correlation can be written as, by the ending of the file's name. */
export const FSC_ENDINGS = ['.star', '.xml', '.csv', '.svg'] as const

/** 0.5 against a known truth, 0.143 between half-maps: both are always drawn. */
export const FSC_THRESHOLDS: readonly FscThreshold[] = [
  { value: 0.5, name: 'map vs truth' },
  { value: 0.143, name: 'half-maps' },
]

/** Writes curves to a file whose ending says how; the XML holds the first curve alone, as EMDB's form does. */
export async function writeFsc(path: string, curves: readonly NamedFsc[], title: string): Promise<void> {
  await writeFileAtomic(path, formatFsc(path, curves, title))
}

/** Refuses a path whose ending names no format, before any work is done. */
export function requireFscEnding(path: string): void {
  formatOf(path)
}

function formatFsc(path: string, curves: readonly NamedFsc[], title: string): string {
  switch (formatOf(path)) {
    case '.star':
      return fscStar(curves)
    case '.xml':
      return fscXml(curves[0]!, title)
    case '.csv':
      return fscCsv(curves)
    case '.svg':
      return `${fscSvg(curves, { title, thresholds: FSC_THRESHOLDS })}\n`
  }
}

function formatOf(path: string): (typeof FSC_ENDINGS)[number] {
  const ending = extname(path).toLowerCase()
  const known = FSC_ENDINGS.find((candidate) => candidate === ending)
  if (!known) throw new AppError('InvalidInput', `${path}: a Fourier shell correlation is written as ${FSC_ENDINGS.join(', ')}, found ${ending === '' ? 'no ending' : ending}`, { path })
  return known
}
