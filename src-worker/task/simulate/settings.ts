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

/** What the microscope does to the images, for every task that simulates them. */
export const imagingFields = {
  ctf: z.boolean().default(false).meta({ title: 'CTF', help: 'Multiply every image by a contrast transfer function of its own defocus', group: 'Microscope' }),
  defocusMin: z.number().positive().default(8000).meta({ title: 'Lowest defocus', help: 'Underfocus is drawn uniformly between the lowest and the highest', unit: 'Å', group: 'Microscope' }),
  defocusMax: z.number().positive().default(28_000).meta({ title: 'Highest defocus', help: 'Underfocus is drawn uniformly between the lowest and the highest', unit: 'Å', group: 'Microscope' }),
  astigmatism: z.number().min(0).default(0).meta({ title: 'Astigmatism', help: 'The two defoci of an image differ by up to this, along an axis of any angle', unit: 'Å', group: 'Microscope', advanced: true }),
  voltage: z.number().positive().default(300).meta({ title: 'Voltage', help: 'Of the microscope', unit: 'kV', group: 'Microscope', advanced: true }),
  sphericalAberration: z.number().min(0).default(2.7).meta({ title: 'Spherical aberration', help: 'Of the objective lens', unit: 'mm', group: 'Microscope', advanced: true }),
  amplitudeContrast: z.number().min(0).max(1).default(0.1).meta({ title: 'Amplitude contrast', help: 'As a fraction', group: 'Microscope', advanced: true }),
  phaseShift: z.number().default(0).meta({ title: 'Phase shift', help: 'Of a phase plate', unit: '°', group: 'Microscope', advanced: true }),
  ctfBFactor: z.number().min(0).default(0).meta({ title: 'B-factor of the CTF', help: 'The envelope is exp(-B s^2 / 4)', unit: 'Å²', group: 'Microscope', advanced: true }),
  shiftSigma: z.number().min(0).default(0).meta({ title: 'Shifts', help: 'Standard deviation of how far particles sit from the centre along each axis', unit: 'Å', group: 'Microscope' }),
  noiseKnee: z.number().positive().optional().meta({ title: 'Noise knee', help: 'At lower resolution than this the noise rises above white; absent: white noise', unit: 'Å', group: 'Noise', advanced: true }),
  noiseExponent: z.number().positive().default(2).meta({ title: 'Noise exponent', help: 'With a knee: the power rises as frequency to the minus this', group: 'Noise', advanced: true }),
  noiseSpectrum: z.string().min(1).optional().meta({ title: 'Noise spectrum', help: 'A text file of two columns, frequency in 1/Å and power: the colour of the noise; sigma still is the deviation of a pixel', group: 'Noise', file: 'text', advanced: true }),
  dark: z.boolean().default(false).meta({ title: 'Dark protein', help: 'Make the particles dark on light', group: 'Images', advanced: true }),
}

export const defociInOrder: Refinement<{ readonly defocusMin: number; readonly defocusMax: number }> = [(value) => value.defocusMin <= value.defocusMax, { error: 'the highest defocus is less than the lowest', path: ['defocusMax'] }]
export const oneNoiseColor: Refinement<{ readonly noiseKnee?: number | undefined; readonly noiseSpectrum?: string | undefined }> = [(value) => value.noiseKnee === undefined || value.noiseSpectrum === undefined, { error: 'give the colour of the noise as a knee or as a file, not both', path: ['noiseSpectrum'] }]

type Refinement<T> = readonly [(value: T) => boolean, { readonly error: string; readonly path: string[] }]

/** What to simulate. */
export const settings = z
  .strictObject({
    map: z.string().min(1).meta({ title: 'Map', help: 'The map to simulate images of (MRC, CCP4; also .gz, .bz2)', group: 'Input', file: 'map' }),
    ...simulationFields,
    ...imagingFields,
  })
  .refine(...defociInOrder)
  .refine(...oneNoiseColor)
  .refine((value) => value.sigma === undefined || value.snr === undefined, { error: 'give sigma or snr, not both', path: ['snr'] })
  .refine((value) => value.sigma !== undefined || value.snr !== undefined, { error: 'give the noise as sigma or as snr', path: ['sigma'] })

export type SimulateSettings = z.infer<typeof settings>
