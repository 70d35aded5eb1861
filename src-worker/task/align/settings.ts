import { z } from 'zod'

export const settings = z.strictObject({
  moving: z.string().min(1).meta({ title: 'Moving map', help: 'The map to be laid on the other one.', group: 'Input', file: 'map' }),
  fixed: z.string().min(1).meta({ title: 'Fixed map', help: 'The map that stays; the result has its voxel size and box.', group: 'Input', file: 'map' }),
  out: z.string().min(1).meta({ title: 'Aligned map', help: 'Where the aligned map is written (MRC).', group: 'Output', file: 'output' }),
  voxelSize: z.number().positive().optional().meta({ title: 'Voxel size', help: 'Of both maps, used instead of what the files say.', unit: 'Å', group: 'Input', advanced: true }),
})

export type AlignSettings = z.output<typeof settings>
