import { z } from 'zod'
import { parseSymmetry } from '#core/geometry/symmetry.ts'

/** How moments are inverted, for every task that does it. */
export const reconstructionFields = {
  starts: z.int().min(1).max(64).default(6).meta({ title: 'Random starts', help: 'Independent starts in the first band; all are reported.', group: 'Reconstruction' }),
  continued: z.int().min(1).max(16).default(2).meta({ title: 'Starts continued', help: 'How many of the best starts go on through all bands; the one that fits best is the result.', group: 'Reconstruction', advanced: true }),
  iterations: z.int().min(5).max(5000).default(200).meta({ title: 'Iterations', help: 'L-BFGS steps a band; a random start takes them three times.', group: 'Reconstruction', advanced: true }),
  diameter: z.number().positive().optional().meta({ title: 'Particle diameter', help: 'Of the ball that holds the particle; default: estimated from the images.', unit: 'Å', group: 'Reconstruction' }),
  bands: z.array(z.number().positive()).min(1).optional().meta({ title: 'Bands', help: 'Band limits of frequency marching, ascending, in Fourier shells; default 0.5, 0.72 and 1 of the third moment’s.', unit: 'shell', group: 'Reconstruction', advanced: true }),
  viewDegree: z.int().min(0).max(12).default(6).meta({ title: 'Viewing distribution degree', help: 'Highest spherical-harmonic degree of its logarithm; 0 keeps it uniform.', group: 'Reconstruction', advanced: true }),
  symmetry: z.string().default('C1').refine(isSymmetry, { error: 'the symmetry is not known, expected C1 to C12 or D2 to D12' }).meta({ title: 'Symmetry', help: 'Point group of the particle: Cn about z, or Dn with a two-fold about x too.', group: 'Reconstruction' }),
  bootstrap: z.int().min(0).max(200).default(0).refine((count) => count === 0 || count >= 10, { error: 'the number of resamplings is too small, expected 0 or 10 to 200' }).meta({ title: 'Resamplings', help: 'How often the moments are resampled for the uncertainty of the map; 0 leaves it out, 20 is enough.', group: 'Reconstruction' }),
  third: z.boolean().default(true).meta({ title: 'Third moment', help: 'Match the third moment too, where the file has it: without it the volume is not determined.', group: 'Reconstruction', advanced: true }),
}

function isSymmetry(name: string): boolean {
  try {
    parseSymmetry(name)
    return true
  } catch {
    return false
  }
}

export const settings = z.strictObject({
  moments: z.string().min(1).meta({ title: 'Moments file', help: 'HDF5 file written by the moments command.', group: 'Input', file: 'moments' }),
  ...reconstructionFields,
})

export type ReconstructSettings = z.output<typeof settings>
