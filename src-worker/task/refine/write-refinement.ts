import { join } from 'node:path'
import type { FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { writeFsc } from '#io/export/write-fsc.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import type { RefinedParticles } from './refine-particles.ts'
import { writePoses } from './write-poses.ts'

export interface RefinementFiles {
  readonly map: string
  readonly halfA: string
  readonly halfB: string
  readonly fsc: string
  readonly poses: string
  readonly views: string
  readonly [role: string]: string
}

/** Writes the maps, the half-map FSC, the poses (RELION 3.1) and the viewing distribution into `folder`. */
export async function writeRefinement(context: JobContext, folder: string, particles: string, refined: RefinedParticles): Promise<RefinementFiles> {
  const { refinement } = refined
  const files = { map: join(folder, 'refined.mrc'), halfA: join(folder, 'refined-half-a.mrc'), halfB: join(folder, 'refined-half-b.mrc'), fsc: join(folder, 'refined-fsc.star'), poses: join(folder, 'poses.star'), views: join(folder, 'refined-views.json') }
  await writeVolume(files.map, refinement.map, { labels: [`CryoMoment refinement, half-maps agree to shell ${refinement.shell0143.toFixed(2)}`] })
  await writeVolume(files.halfA, refinement.halfA, { labels: ['CryoMoment refinement: half-set 1'] })
  await writeVolume(files.halfB, refinement.halfB, { labels: ['CryoMoment refinement: half-set 2'] })
  await writeFsc(files.fsc, [{ name: 'half-maps', kind: 'unmasked', curve: halfMapCurve(refined) }], 'Refined half-maps')
  await writePoses(files.poses, particles, refined)
  const { directions, probability, opposite } = refinement.views
  await writeFileAtomic(files.views, `${JSON.stringify({ kind: 'posterior share of viewing directions (unit vectors x, y, z) and of their opposites', directions: [...directions], probability: [...probability], opposite: [...opposite] })}\n`)
  for (const [role, path] of Object.entries(files)) context.artifact(role, path)
  return files
}

/** The half-map correlation as a curve of the box. */
export function halfMapCurve({ refinement, boxSize, pixelSize }: RefinedParticles): FscCurve {
  return { frequency: refinement.fsc.map((_, i) => i / (boxSize * pixelSize)), correlation: refinement.fsc, boxSize, voxelSize: pixelSize }
}

/** The maps of a refinement by their roles. */
export function refinedMaps({ map, halfA, halfB }: RefinementFiles): { role: string; title: string; file: string }[] {
  return [
    { role: 'map', title: 'Refined map', file: map },
    { role: 'half-a', title: 'Half-map 1', file: halfA },
    { role: 'half-b', title: 'Half-map 2', file: halfB },
  ]
}
