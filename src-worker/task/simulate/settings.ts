import { z } from 'zod'

/** What to make of a map, for every task that simulates. */
export const simulationFields = {
  images: z.int().min(1).max(50_000_000).meta({ title: 'Images', help: 'How many images', group: 'Images' }),
  box: z.int().min(8).max(256).meta({ title: 'Box', help: 'Side of an image; a larger map is Fourier-cropped, a smaller one padded', unit: 'px', group: 'Images' }),
  voxelSize: z.number().positive().optional().meta({ title: 'Voxel size of the map', help: 'Used instead of what the map says', unit: 'Å', group: 'Input', advanced: true }),
  pixelSize: z.number().positive().optional().meta({ title: 'Pixel size', help: 'Resample to about this pixel size, then cut or pad to the box; default: keep the field of view', unit: 'Å', group: 'Images', advanced: true }),
  sigma: z.number().min(0).optional().meta({ title: 'Noise', help: 'Standard deviation of the white noise per pixel; give this or --snr', group: 'Noise' }),
  snr: z.number().positive().optional().meta({ title: 'Signal to noise', help: 'E|I|^2 / (n^2 sigma^2); give this or --sigma', group: 'Noise' }),
  scale: z.enum(['norm1', 'original']).default('norm1').meta({ title: 'Scale', help: 'norm1: sum of squared voxels 1 at the box simulated; original: as in the map', group: 'Images', advanced: true }),
  views: z.string().min(1).default('random').meta({ title: 'Viewing directions', help: 'random (a von Mises-Fisher mixture from the seed), uniform, or a JSON file of components', group: 'Views', file: 'views' }),
  components: z.int().min(1).max(1000).default(8).meta({ title: 'Components', help: 'Components of the random mixture', group: 'Views', advanced: true }),
}

/** What to simulate. */
export const settings = z
  .strictObject({
    map: z.string().min(1).meta({ title: 'Map', help: 'The map to simulate images of (MRC, CCP4; also .gz, .bz2)', group: 'Input', file: 'map' }),
    ...simulationFields,
  })
  .refine((value) => value.sigma === undefined || value.snr === undefined, { error: 'give sigma or snr, not both', path: ['snr'] })
  .refine((value) => value.sigma !== undefined || value.snr !== undefined, { error: 'give the noise as sigma or as snr', path: ['sigma'] })

export type SimulateSettings = z.infer<typeof settings>
