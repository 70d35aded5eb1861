import { z } from 'zod'
import { momentFields } from '../estimate-moments/settings.ts'
import { reconstructionFields } from '../reconstruct/settings.ts'
import { refinementFields } from '../refine/settings.ts'
import { defociInOrder, imagingFields, oneNoiseColor, simulationFields } from '../simulate/settings.ts'

/** From a map (or the built-in phantom) or from particles to an evaluated reconstruction. */
export const settings = z
  .strictObject({
    map: z.string().min(1).optional().meta({ title: 'Map', help: 'Simulate images of this map (MRC, CCP4; also .gz, .bz2)', group: 'Input', file: 'map' }),
    particles: z.string().min(1).optional().meta({ title: 'Particles', help: 'Reconstruct from these images instead: a STAR file or an MRC stack', group: 'Input', file: 'particles' }),
    truth: z.string().min(1).optional().meta({ title: 'Truth', help: 'With particles: a map to compare the result with', group: 'Input', file: 'map' }),
    phantom: z.boolean().default(false).meta({ title: 'Phantom', help: 'Simulate images of the built-in synthetic molecule', group: 'Input' }),
    ...simulationFields,
    images: simulationFields.images.default(100_000),
    box: simulationFields.box.default(63),
    ...imagingFields,
    ...momentFields,
    ...reconstructionFields,
    method: z.enum(['refine', 'moments']).default('refine').meta({ title: 'Method', help: 'refine: moments give the start, then the images are read again and refined in two independent halves; moments: stop after the moments', group: 'Refinement' }),
    ...refinementFields,
    discardParticles: z.boolean().default(false).meta({ title: 'Discard the images', help: 'Delete the simulated images once their moments are taken', group: 'Output', advanced: true }),
  })
  .refine((value) => [value.map !== undefined, value.particles !== undefined, value.phantom].filter(Boolean).length === 1, { error: 'give one of map and particles', path: ['map'] })
  .refine((value) => value.particles !== undefined || value.sigma === undefined || value.snr === undefined, { error: 'give sigma or snr, not both', path: ['snr'] })
  .refine((value) => value.particles !== undefined || value.sigma !== undefined || value.snr !== undefined, { error: 'give the noise as sigma or as snr', path: ['sigma'] })
  .refine(...defociInOrder)
  .refine(...oneNoiseColor)
  .refine((value) => value.truth === undefined || value.particles !== undefined, { error: 'a truth is given with particles; a map is its own truth', path: ['truth'] })

export type RunSettings = z.output<typeof settings>
