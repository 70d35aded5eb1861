import { z } from 'zod'
import { reconstructionFields } from '../reconstruct/settings.ts'

/** How images are refined, for every task that does it. */
export const refinementFields = {
  startShell: z.number().min(2).default(5.5).meta({ title: 'Start shell', help: 'What both half-sets start from is used up to this Fourier shell only.', unit: 'shell', group: 'Refinement', advanced: true }),
  refineMaxShell: z.number().positive().optional().meta({ title: 'Highest refined shell', help: 'The refinement goes no further; default two thirds of Nyquist, less for large boxes.', unit: 'shell', group: 'Refinement', advanced: true }),
  refineIterations: z.int().min(1).max(500).default(30).meta({ title: 'Refinement iterations', help: 'At most; it stops when the half-maps no longer agree further.', group: 'Refinement' }),
  offsetRange: z.number().min(0).max(64).default(0).meta({ title: 'Offset range', help: 'Particles are looked for within this distance of the centre of their image; 0: they are taken as centred. Takes several times as long.', unit: 'px', group: 'Refinement' }),
  offsetStep: z.number().positive().max(16).default(1).meta({ title: 'Offset step', help: 'Distance between the offsets that are tried.', unit: 'px', group: 'Refinement', advanced: true }),
  randomStarts: z.int().min(1).max(32).default(2).meta({ title: 'Random initial models', help: 'Without a start map: how many are made; the most likely one is refined.', group: 'Refinement', advanced: true }),
}

export const settings = z.strictObject({
  particles: z.string().min(1).meta({ title: 'Particles', help: 'A STAR file of particles, or an MRC stack.', group: 'Input', file: 'particles' }),
  start: z.string().min(1).optional().meta({ title: 'Start map', help: 'A map of the same box and pixel size; default: random initial models.', group: 'Input', file: 'map' }),
  sigma: z.number().positive().optional().meta({ title: 'Noise standard deviation', help: 'Per pixel; default: estimated from the corners.', group: 'Input' }),
  diameter: z.number().positive().optional().meta({ title: 'Particle diameter', help: 'Of the ball that holds the particle, not less than it: what is cut off is fitted wrongly by both half-sets; default 0.92 of the box.', unit: 'Å', group: 'Refinement' }),
  symmetry: reconstructionFields.symmetry,
  ...refinementFields,
})

export type RefineSettings = z.output<typeof settings>
