import { resolve } from 'node:path'
import { AppError, requireInput } from '#core/error.ts'
import { mergeMomentSets } from '#core/moments/moment-set.ts'
import { readMoments, writeMoments } from './moments-file.ts'

/** What a merge made, as plain JSON. */
export interface MergeSummary {
  readonly files: { readonly moments: string }
  readonly images: number
  readonly imagesOfEach: readonly number[]
  readonly parts: number
  readonly box: number
  readonly pixelSize: number
  readonly sigma: number
}

/** Adds the moments of two or more files into a new one. Errors: what readMoments refuses; files that were not taken alike, in words. */
export async function mergeMomentFiles(paths: readonly string[], out: string): Promise<MergeSummary> {
  requireInput(paths.length >= 2, () => `${paths.length === 0 ? 'no' : 'one'} moments file was given, expected two or more`, { found: paths.length })
  requireInput(!paths.some((path) => resolve(path) === resolve(out)), () => `${out}: the merged moments would replace one of the files they are made from, expected another name`, { field: 'out' })
  const imagesOfEach: number[] = []
  const images = (set: { readonly parts: readonly { readonly sums: { readonly imageCount: number } }[] }): number => set.parts.reduce((sum, part) => sum + part.sums.imageCount, 0)
  let merged = await readMoments(paths[0]!)
  imagesOfEach.push(images(merged))
  const known = new Set(origins(merged.provenance))
  for (const path of paths.slice(1)) {
    const next = await readMoments(path)
    imagesOfEach.push(images(next))
    for (const origin of origins(next.provenance)) {
      requireInput(!known.has(origin), () => `${path}: these moments cannot be merged: they hold images that another of the files holds too`, { file: path })
      known.add(origin)
    }
    try {
      merged = mergeMomentSets(merged, next)
    } catch (error) {
      if (error instanceof AppError) throw new AppError(error.tag, `${path}: ${error.message}`, { file: path, ...error.fields }, error)
      throw error
    }
  }
  await writeMoments(out, merged)
  const { specification } = merged
  return { files: { moments: out }, images: images(merged), imagesOfEach, parts: merged.parts.length, box: specification.boxSize, pixelSize: specification.pixelSize, sigma: Math.sqrt(merged.noiseVariance) }
}

// What moments were taken from, through earlier merges; nothing where that is not recorded.
function origins(provenance: Readonly<Record<string, unknown>>): string[] {
  const { merged } = provenance
  if (Array.isArray(merged)) return merged.flatMap((part) => origins(part as Record<string, unknown>))
  return Object.keys(provenance).length === 0 ? [] : [JSON.stringify(provenance)]
}
