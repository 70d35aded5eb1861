import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import { fscPng } from '#io/export/fsc-png.ts'
import { FSC_THRESHOLDS, writeFsc } from '#io/export/write-fsc.ts'
import type { ResultRecord } from '#job/result-record.ts'
import type { NamedFsc } from '#io/export/fsc-table.ts'
import { curveOf } from './read-result.ts'

export type FscFormat = 'star' | 'xml' | 'csv' | 'svg' | 'png'

/** Writes one curve of a result, or all that have the same shells, into a folder; gives the path. Errors: NotFound for a curve that is not there. */
export async function exportFsc(record: ResultRecord, options: { readonly curve?: string | undefined; readonly format: FscFormat; readonly folder: string; readonly name: string }): Promise<string> {
  const { curve, format, folder, name } = options
  const chosen = curve === undefined ? record.fsc : record.fsc.filter(({ id }) => id === curve)
  const first = chosen[0]
  if (!first) throw new AppError('NotFound', curve === undefined ? 'this job has no Fourier shell correlation' : `this job has no curve "${curve}"`, { curve })
  const curves = chosen.filter(({ correlation, boxSize, voxelSize }) => correlation.length === first.correlation.length && boxSize === first.boxSize && voxelSize === first.voxelSize).map(namedCurve)
  const path = join(folder, `${name}.${format}`)
  if (format === 'png') await writeFile(path, fscPng(curves, { title: 'Fourier shell correlation', thresholds: FSC_THRESHOLDS }))
  // EMDB's form and RELION's columns hold one curve of a kind.
  else await writeFsc(path, format === 'xml' ? curves.slice(0, 1) : format === 'star' ? uniqueKinds(curves) : curves, first.title)
  return path
}

/** A recorded curve as files and drawings take it. */
export function namedCurve(recorded: ResultRecord['fsc'][number]): NamedFsc {
  return { name: recorded.title, kind: recorded.kind, curve: curveOf(recorded) }
}

function uniqueKinds(curves: readonly NamedFsc[]): NamedFsc[] {
  return curves.filter(({ kind }, i) => curves.findIndex((other) => other.kind === kind) === i)
}
