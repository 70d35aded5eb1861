import { z } from 'zod'
import { momentFields } from '../estimate-moments/settings.ts'
import { simulationFields } from '../simulate/settings.ts'

/** What to simulate moments of. */
export const settings = z
  .strictObject({
    map: z.string().min(1).meta({ title: 'Map', help: 'The map whose images are meant (MRC, CCP4; also .gz, .bz2)', group: 'Input', file: 'map' }),
    ...simulationFields,
    images: z.int().min(1).max(1_000_000_000).default(5_000_000).meta({ title: 'Images', help: 'How many images the moments are of; none is made, so the time does not depend on it', group: 'Images' }),
    box: simulationFields.box.default(63),
    directions: z.int().min(500).max(50_000).default(5000).meta({ title: 'Directions', help: 'Viewing directions that stand for the continuous distribution', group: 'Views', advanced: true }),
    radius: momentFields.radius,
    maxShell: momentFields.maxShell,
    thirdMaxShell: momentFields.thirdMaxShell,
    parts: momentFields.parts,
  })
  .refine((value) => value.sigma === undefined || value.snr === undefined, { error: 'give sigma or snr, not both', path: ['snr'] })
  .refine((value) => value.sigma !== undefined || value.snr !== undefined, { error: 'give the noise as sigma or as snr', path: ['sigma'] })
  .refine((value) => value.sigma !== 0, { error: 'sigma is 0, expected more: the moments are weighed by the noise; a small sigma such as 0.001 is as good as none', path: ['sigma'] })
  .refine((value) => value.parts % 2 === 0, { error: 'expected an even number of partial sums', path: ['parts'] })

export type SimulateMomentsSettings = z.output<typeof settings>
