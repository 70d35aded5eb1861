import { join } from 'node:path'
import type { FscCurve } from '#core/volume/fourier-shell-correlation.ts'
import { writeFileAtomic } from '#io/atomic-file.ts'
import { writeFsc } from '#io/export/write-fsc.ts'
import { writeVolume } from '#io/volume-file.ts'
import type { JobContext } from '#job/context.ts'
import { halfMapUncertainty, type HalfMapUncertainty } from '#method/expectation-maximization/half-map-uncertainty.ts'
import type { RefinedParticles } from './refine-particles.ts'
import { writePoses } from './write-poses.ts'

export interface RefinementFiles {
  readonly map: string
  readonly halfA: string
  readonly halfB: string
  readonly fsc: string
  readonly poses: string
  readonly views: string
  readonly uncertainty: string
  readonly uncertaintyRanges: string
  readonly [role: string]: string
}

/** Writes the maps, the half-map FSC, the poses (RELION 3.1) and the viewing distribution into `folder`. */
export async function writeRefinement(context: JobContext, folder: string, particles: string, refined: RefinedParticles): Promise<RefinementFiles> {
  const { refinement } = refined
  const files = { map: join(folder, 'refined.mrc'), halfA: join(folder, 'refined-half-a.mrc'), halfB: join(folder, 'refined-half-b.mrc'), fsc: join(folder, 'refined-fsc.star'), poses: join(folder, 'poses.star'), views: join(folder, 'refined-views.json'), uncertainty: join(folder, 'refined-uncertainty.mrc'), uncertaintyRanges: join(folder, 'refined-uncertainty.json') }
  await writeVolume(files.map, refinement.map, { labels: [`CryoMoment refinement, half-maps agree to shell ${refinement.shell0143.toFixed(2)}`] })
  await writeVolume(files.halfA, refinement.halfA, { labels: ['CryoMoment refinement: half-set 1'] })
  await writeVolume(files.halfB, refinement.halfB, { labels: ['CryoMoment refinement: half-set 2'] })
  await writeFsc(files.fsc, [{ name: 'half-maps', kind: 'unmasked', curve: halfMapCurve(refined) }], 'Refined half-maps')
  await writePoses(files.poses, particles, refined)
  const { deviation, fscBand, shell05 } = refinedUncertainty(refined)
  await writeVolume(files.uncertainty, deviation, { labels: ['CryoMoment refinement: standard deviation per voxel, from the half-maps'] })
  await writeFileAtomic(files.uncertaintyRanges, `${JSON.stringify({ kind: 'where the FSC of the refined map with the unknown truth is expected, by shell, and the shell at which it falls below 0.5; from the half-maps', shell05, fscBand }, undefined, 1)}\n`)
  const { directions, probability, opposite } = refinement.views
  await writeFileAtomic(files.views, `${JSON.stringify({ kind: 'posterior share of viewing directions (unit vectors x, y, z) and of their opposites, with standard deviations from the half-sets', directions: [...directions], probability: [...probability], opposite: [...opposite], deviation: [...refinement.viewDeviation.probability], oppositeDeviation: [...refinement.viewDeviation.opposite] })}\n`)
  for (const [role, path] of Object.entries(files)) context.artifact(role, path)
  return files
}

/** What the half-maps say of the map. */
export function refinedUncertainty({ refinement }: RefinedParticles): HalfMapUncertainty {
  const { halfA, halfB, fsc, iterations, volumes } = refinement
  return halfMapUncertainty([halfA, halfB], fsc, { radius: volumes.map.basis.radius, band: iterations.at(-1)!.band })
}

/** The half-map correlation as a curve of the box. */
export function halfMapCurve({ refinement, boxSize, pixelSize }: RefinedParticles): FscCurve {
  return { frequency: refinement.fsc.map((_, i) => i / (boxSize * pixelSize)), correlation: refinement.fsc, boxSize, voxelSize: pixelSize }
}

/** The maps of a refinement by their roles. */
export function refinedMaps({ map, halfA, halfB, uncertainty }: RefinementFiles): { role: string; title: string; file: string }[] {
  return [
    { role: 'map', title: 'Refined map', file: map },
    { role: 'half-a', title: 'Half-map 1', file: halfA },
    { role: 'half-b', title: 'Half-map 2', file: halfB },
    { role: 'uncertainty', title: 'Standard deviation', file: uncertainty },
  ]
}
