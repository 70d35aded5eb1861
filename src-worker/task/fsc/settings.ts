import { z } from 'zod'

export const settings = z.strictObject({
  a: z.string().min(1).meta({ title: 'First map', help: 'A map, or the first half-map.', group: 'Input', file: 'map' }),
  b: z.string().min(1).meta({ title: 'Second map', help: 'The map to compare with, of the same box and in the same place.', group: 'Input', file: 'map' }),
  voxelSize: z.number().positive().optional().meta({ title: 'Voxel size', help: 'Of both maps, used instead of what the files say.', unit: 'Å', group: 'Input', advanced: true }),
  maskRadius: z.number().positive().optional().meta({ title: 'Mask radius', help: 'Multiply both maps by a soft sphere of this radius about the box centre first; default: no mask.', unit: 'Å', group: 'Mask' }),
  maskEdge: z.number().min(0).default(5).meta({ title: 'Mask edge', help: 'Width of the raised cosine beyond the radius.', unit: 'voxel', group: 'Mask', advanced: true }),
  out: z.array(z.string().min(1)).default([]).meta({ title: 'Files', help: 'Where to write the curve; the ending says how: .star, .xml, .csv or .svg.', group: 'Output', file: 'output' }),
})

export type FscSettings = z.output<typeof settings>
