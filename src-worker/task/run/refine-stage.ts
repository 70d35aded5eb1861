import type { MomentSet } from '#core/moments/moment-set.ts'
import { remembered, type JobContext } from '#job/context.ts'
import { halvesOf } from '../refine/half-sets.ts'
import { refineParticles, type RefinedParticles } from '../refine/refine-particles.ts'
import type { InvertedMoments } from './invert-stage.ts'
import type { RunSettings } from './settings.ts'

/** Independent starts that agree to this shell are taken as the start of the refinement. */
const TRUSTED_SHELL = 6

/**
 * Refines the images from the volume that the moments gave, or, where its random starts disagree (too few or too noisy
 * images for the third moment), from random models of the images themselves.
 */
export async function refineStage(context: JobContext, set: MomentSet, options: { settings: RunSettings; particles: string; inverted: InvertedMoments | undefined }): Promise<{ refined: RefinedParticles; fromMoments: boolean; startShell: number }> {
  const { settings, particles, inverted } = options
  const { specification, noiseVariance } = set
  const fromMoments = inverted !== undefined && inverted.inversion.third && (inverted.agreement ?? Infinity) >= TRUSTED_SHELL
  if (inverted && !fromMoments) context.log('warning', `the moments' random starts agree only to shell ${inverted.agreement?.toFixed(1) ?? '0'}: the refinement begins from random models instead`)
  if (set.transfer) context.log('warning', 'the refinement takes images as they are: neither their CTF nor the colour of their noise is taken into account; --method moments stops before it')
  // Where starts agree far, the first low bands of the refinement would only repeat what the moments know.
  const startShell = fromMoments ? Math.max(settings.startShell, Math.min(9, 0.6 * (inverted.agreement ?? 0))) : settings.startShell
  const best = inverted?.inversion.starts[0]?.solution
  const refined = await remembered(context, 'refined', async () =>
    refineParticles(context, {
      particles,
      start: fromMoments && best ? { basis: best.basis, coefficients: best.coefficients } : undefined,
      // Of whitened images it is 1, of the images as they are it is found again.
      sigma: set.noiseSource === 'spectrum' ? undefined : Math.sqrt(noiseVariance),
      radius: fromMoments ? Math.min(specification.radius, inverted.inversion.radius + 2) : specification.radius,
      startShell,
      maxShell: settings.refineMaxShell,
      maxIterations: settings.refineIterations,
      randomStarts: settings.randomStarts,
      offsetRange: settings.offsetRange,
      offsetStep: settings.offsetStep,
      symmetry: settings.symmetry,
      halves: await halvesOf(particles),
    }),
  )
  return { refined, fromMoments, startShell }
}
