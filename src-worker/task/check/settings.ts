import { z } from 'zod'

/** Where particle images are, for every task that reads them. */
export const particleSourceFields = {
  datadir: z.string().min(1).optional().meta({ title: 'Folder of the stacks', help: 'Where the stacks are when the names in the particle file no longer lead there', group: 'Input' }),
  stripPrefix: z.string().min(1).optional().meta({ title: 'Prefix to leave out', help: 'The beginning of the stacks\' names to leave out before they are looked for', group: 'Input' }),
}

/** What is done to particle images as they are read, for every task that reads them: the answers to the check. */
export const imagePreparationFields = {
  invert: z.boolean().default(false).meta({ title: 'Invert', help: 'Protein is dark in these images: change the sign of every value', group: 'Images' }),
  pixelSize: z.number().positive().optional().meta({ title: 'Pixel size', help: 'Used instead of what the files say', unit: 'Å', group: 'Images' }),
  normalize: z.boolean().default(false).meta({ title: 'Normalise', help: 'Take the background\'s plane off every image and bring its deviation to 1', group: 'Images' }),
}

export const settings = z.strictObject({
  particles: z.string().min(1).meta({ title: 'Particles', help: 'A STAR file, a cryoSPARC .cs file, or an MRC stack', group: 'Input' }),
  ...particleSourceFields,
  ...imagePreparationFields,
  sample: z.int().min(20).max(5000).default(400).meta({ title: 'Sample', help: 'How many particles are looked at, drawn by the seed', group: 'Check' }),
  diameter: z.number().positive().optional().meta({ title: 'Particle diameter', help: 'Used instead of the one that is estimated', unit: 'Å', group: 'Check' }),
})

export type CheckSettings = z.output<typeof settings>
