import { z } from 'zod'
import { imagePreparationFields, particleSourceFields } from '../check/settings.ts'

/** How moments are taken, for every task that takes them. */
export const momentFields = {
  radius: z.number().positive().optional().meta({ title: 'Disc radius', help: 'Only pixels within this distance of the box centre are used; default 0.46 of the box.', unit: 'px', group: 'Moments', advanced: true }),
  maxShell: z.number().positive().optional().meta({ title: 'Highest shell', help: 'Band limit of the first and second moment, in Fourier shells of the box; default 0.92 of Nyquist, less for large boxes.', unit: 'shell', group: 'Moments', advanced: true }),
  thirdMaxShell: z.number().nonnegative().optional().meta({ title: 'Highest shell of the third moment', help: 'Band limit of the third moment; 0 leaves it out; default half of Nyquist, less for large boxes.', unit: 'shell', group: 'Moments', advanced: true }),
  ctfCorrection: z.enum(['auto', 'off']).default('auto').meta({ title: 'CTF', help: 'auto: the contrast transfer function of every image is taken into account where the particle file states its defocus; off: images are taken as they are', group: 'Moments' }),
  whiten: z.boolean().default(false).meta({ title: 'Whiten', help: 'Estimate the noise spectrum of each optics group outside the disc and whiten the images by it; default: the noise is white', group: 'Moments' }),
  parts: z.int().min(2).max(64).default(16).meta({ title: 'Partial sums', help: 'Sums kept apart for half-maps and resampling; an even number.', group: 'Moments', advanced: true }),
}

export const settings = z.strictObject({
  particles: z.string().min(1).meta({ title: 'Particles', help: 'A STAR file of particles, or an MRC stack.', group: 'Input', file: 'particles' }),
  ...particleSourceFields,
  ...imagePreparationFields,
  workingBox: z.int().min(8).optional().meta({ title: 'Working box', help: 'Fourier-crop the images to this box over the same field of view', unit: 'px', group: 'Images' }),
  out: z.string().min(1).meta({ title: 'Moments file', help: 'HDF5 file to write.', group: 'Output', file: 'output' }),
  sigma: z.number().positive().optional().meta({ title: 'Noise standard deviation', help: 'Per pixel; default: estimated from the corners.', group: 'Moments' }),
  ...momentFields,
  cartesian: z.enum(['none', 'disc', 'square']).default('none').meta({ title: 'Cartesian form', help: 'Also take the first and second moment on the Fourier points of a disc or of the whole square; boxes up to 64 px.', group: 'Moments', advanced: true }),
  cartesianRadius: z.number().positive().optional().meta({ title: 'Cartesian radius', help: 'Radius of the disc of Fourier points; default half of Nyquist.', unit: 'shell', group: 'Moments', advanced: true }),
})

export type EstimateMomentsSettings = z.output<typeof settings>
