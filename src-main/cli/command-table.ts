import { checkText } from './check-text.ts'

/** A command that runs one task in a worker process. */
export interface TaskCommand {
  readonly name: string
  /** The task's id in the catalogue. */
  readonly task: string
  readonly summary: string
  /** `folder`: `--out` is the job's folder, results in its `result/`. `setting`: the task writes where its own settings say. */
  readonly output: 'folder' | 'setting'
  /** Where the folder is when `--out` is not given. */
  readonly defaultFolder?: string
  /** Settings that are fixed here; they get no flag. */
  readonly fixed?: Readonly<Record<string, unknown>>
  /** Settings whose default is another one here; they keep their flag. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** Settings that get a flag; default: all that are not fixed. */
  readonly only?: readonly string[]
  /** The setting that is given without a flag, as the command's argument. */
  readonly argument?: string
  /** How the result is shown to a person; default: line by line. */
  readonly text?: (summary: unknown) => string
  /** What to type, without `cryomoment`; a test runs each. */
  readonly examples: readonly (readonly string[])[]
}

export const INFO_EXAMPLE: readonly string[] = ['info', 'map.mrc']

export const taskCommands: readonly TaskCommand[] = [
  {
    name: 'simulate',
    task: 'simulate',
    summary: 'Simulate noisy particle images of a map from unknown viewing directions.',
    output: 'folder',
    examples: [['simulate', '--map', 'map.mrc', '--images', '10000', '--box', '32', '--sigma', '0.1', '--seed', '7', '--out', 'simulated']],
  },
  {
    name: 'check',
    task: 'check',
    summary: 'Look at a sample of particles before a run: contrast, pixel size, centring, CTF, noise and more.',
    output: 'setting',
    argument: 'particles',
    text: checkText,
    examples: [['check', 'simulated/result/particles.star']],
  },
  {
    name: 'moments',
    task: 'estimate-moments',
    summary: 'Read particle images once into their debiased first, second and third moments.',
    output: 'setting',
    examples: [['moments', '--particles', 'simulated/result/particles.star', '--out', 'moments.h5']],
  },
  {
    name: 'simulate-moments',
    task: 'simulate-moments',
    summary: 'Simulate the moments of any number of images of a map without making the images.',
    output: 'folder',
    examples: [['simulate-moments', '--map', 'map.mrc', '--images', '5000000', '--box', '63', '--sigma', '0.5', '--seed', '1', '--out', 'simulated-moments']],
  },
  {
    name: 'reconstruct',
    task: 'reconstruct',
    summary: 'Invert moments into a volume and a distribution of viewing directions.',
    output: 'folder',
    examples: [['reconstruct', '--moments', 'moments.h5', '--seed', '7', '--out', 'reconstructed']],
  },
  {
    name: 'refine',
    task: 'refine',
    summary: 'Refine particle images in two independent halves, from a start map or from random models.',
    output: 'folder',
    examples: [['refine', '--particles', 'simulated/result/particles.star', '--start', 'reconstructed/result/volume.mrc', '--out', 'refined']],
  },
  {
    name: 'align',
    task: 'align',
    summary: 'Align one map to another over rotations, shifts and both hands.',
    output: 'setting',
    examples: [['align', '--moving', 'reconstructed/result/volume.mrc', '--fixed', 'map.mrc', '--out', 'aligned.mrc']],
  },
  {
    name: 'fsc',
    task: 'fsc',
    summary: 'Fourier shell correlation of two maps.',
    output: 'setting',
    examples: [['fsc', '--a', 'aligned.mrc', '--b', 'map.mrc']],
  },
  {
    name: 'run',
    task: 'run',
    summary: 'Ab initio from particles or from a map: moments, reconstruct, refine, align, FSC and report.',
    output: 'folder',
    examples: [['run', '--map', 'map.mrc', '--images', '100000', '--box', '63', '--sigma', '0.5', '--seed', '1', '--out', 'job001']],
  },
  {
    name: 'demo',
    task: 'run',
    summary: 'The main job on a small synthetic phantom: everything works, and this is what it makes.',
    output: 'folder',
    defaultFolder: 'cryomoment-demo',
    fixed: { phantom: true, snr: 0.03 },
    defaults: { images: 20_000, box: 63, refineMaxShell: 18, refineIterations: 14 },
    only: ['images', 'box', 'refineMaxShell'],
    examples: [['demo', '--out', 'demo']],
  },
]
