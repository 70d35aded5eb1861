import { join } from 'node:path'
import type { NamedFsc } from '#io/export/fsc-table.ts'
import { writeFsc } from '#io/export/write-fsc.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import type { Evaluation } from './evaluate-against-truth.ts'

export interface EvaluationFiles {
  readonly aligned: string
  readonly fscStar: string
  readonly fscXml: string
  readonly fscCsv: string
  readonly fscSvg: string
}

/** Both curves of an evaluation, named for tables and legends. */
export function evaluationCurves(evaluation: Evaluation): NamedFsc[] {
  return [
    { name: 'unmasked', kind: 'unmasked', curve: evaluation.unmasked.curve },
    { name: 'soft spherical mask', kind: 'masked', curve: evaluation.masked.curve },
  ]
}

/** Writes `aligned.mrc` and `fsc.star`, `.xml`, `.csv`, `.svg` into a folder. */
export async function writeEvaluation(context: JobContext, folder: string, evaluation: Evaluation): Promise<EvaluationFiles> {
  const files: EvaluationFiles = {
    aligned: join(folder, 'aligned.mrc'),
    fscStar: join(folder, 'fsc.star'),
    fscXml: join(folder, 'fsc.xml'),
    fscCsv: join(folder, 'fsc.csv'),
    fscSvg: join(folder, 'fsc.svg'),
  }
  await writeVolume(files.aligned, evaluation.aligned, { labels: [`CryoMoment: aligned to the truth${evaluation.alignment.mirrored ? ', mirrored' : ''}`] })
  const curves = evaluationCurves(evaluation)
  for (const path of [files.fscStar, files.fscXml, files.fscCsv, files.fscSvg]) await writeFsc(path, curves, 'Reconstruction against truth')
  for (const role of Object.keys(files) as (keyof EvaluationFiles)[]) context.artifact(role, files[role])
  return files
}
