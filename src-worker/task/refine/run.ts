import { AppError } from '#core/error.ts'
import { makeFolder } from '#io/make-folder.ts'
import { openImages } from '#io/particle-images.ts'
import { readVolume } from '#io/volume-file.ts'
import { remembered, type JobContext } from '#job/context.ts'
import { resultFolder } from '#job/job-folder.ts'
import { fscPart, predictedPart, viewingPart } from '../result/result-parts.ts'
import { refinementNumbers } from '../result/solution-numbers.ts'
import { writeResultRecord } from '../result/write-result-record.ts'
import { requireSameInputs } from '../same-inputs.ts'
import { halvesOf } from './half-sets.ts'
import { refineParticles } from './refine-particles.ts'
import type { RefineSettings } from './settings.ts'
import { halfMapCurve, refinedMaps, refinedUncertainty, writeRefinement } from './write-refinement.ts'

/** Particle images (and a start map, or none) to refined half-maps, map and poses. */
export async function run(context: JobContext, settings: RefineSettings): Promise<Record<string, unknown>> {
  if (context.folder === undefined) throw new AppError('Internal', 'refine needs a job folder')
  context.stages([{ name: 'load', weight: 3 }, { name: 'initial-model', weight: settings.start === undefined ? 30 : 1 }, { name: 'refine', weight: 60 }])
  const folder = resultFolder(context.folder)
  await makeFolder(folder)
  await requireSameInputs(context, [settings.particles, settings.start])
  const start = settings.start === undefined ? undefined : (await readVolume(settings.start)).volume
  const pixelSize = await pixelSizeOf(settings.particles)
  const halves = await halvesOf(settings.particles)
  const refined = await remembered(context, 'refined', () =>
    refineParticles(context, {
      particles: settings.particles,
      start,
      sigma: settings.sigma,
      radius: settings.diameter === undefined ? undefined : settings.diameter / (2 * pixelSize),
      startShell: settings.startShell,
      maxShell: settings.refineMaxShell,
      maxIterations: settings.refineIterations,
      randomStarts: settings.randomStarts,
      offsetRange: settings.offsetRange,
      offsetStep: settings.offsetStep,
      symmetry: settings.symmetry,
      halves,
    }),
  )
  const files = await writeRefinement(context, folder, settings.particles, refined)
  const { refinement } = refined
  await writeResultRecord(context, {
    maps: refinedMaps(files),
    fsc: [fscPart('half-maps', 'Between half-maps', halfMapCurve(refined), { kind: 'unmasked', threshold: 0.143 }), predictedPart({ ...refinedUncertainty(refined), of: 'the refined map' })],
    viewing: viewingPart({ views: refinement.views }, {}),
    numbers: refinementNumbers(refined),
  })
  return {
    images: refined.count,
    box: refined.boxSize,
    pixelSize: refined.pixelSize,
    sigma: refined.sigma,
    halfShell0143: refinement.shell0143,
    halfResolution0143: refinement.shell0143 > 0 ? (refined.boxSize * refined.pixelSize) / refinement.shell0143 : null,
    randomStarts: refined.randomStarts,
    startAgreement: refined.startAgreement ?? null,
    warnings: refined.warnings,
    uncertainty: { fscBand: refinedUncertainty(refined).fscBand, shell05: refinedUncertainty(refined).shell05 },
    offsetDeviation: refinement.offsetDeviation === undefined ? null : refinement.offsetDeviation * refined.pixelSize,
    iterations: refinement.iterations,
    seconds: refined.seconds,
    files,
  }
}

async function pixelSizeOf(particles: string): Promise<number> {
  const images = await openImages(particles)
  await images.close()
  return images.pixelSize
}
