import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { JOB_FILES } from '#job/job-folder.ts'
import { readVolume } from '#io/volume-file.ts'
import { addMap, mapOfRole, requireMap, type BundleSource, type MadeBundle } from './bundle-maps.ts'

/** Map and half-maps under RELION's names, the particles with their poses, and what to type. */
export async function bundleRelion(source: BundleSource, folder: string): Promise<MadeBundle> {
  const notes: string[] = []
  const map = requireMap(source)
  const { volume } = await readVolume(map)
  const files = [await addMap(map, folder, 'run_class001.mrc')]
  const halves = [mapOfRole(source, 'half-a'), mapOfRole(source, 'half-b')] as const
  if (halves[0] !== undefined && halves[1] !== undefined) files.push(await addMap(halves[0], folder, 'run_half1_class001_unfil.mrc'), await addMap(halves[1], folder, 'run_half2_class001_unfil.mrc'))
  else notes.push('This job has no half-maps.')
  const poses = join(source.folder, JOB_FILES.results, 'poses.star')
  const star = await readFile(poses, 'utf8').catch(() => undefined) // only refinements find poses
  if (star !== undefined) {
    await writeFile(join(folder, 'run_data.star'), movedImages(star, dirname(poses), folder))
    files.push('run_data.star')
    notes.push('The images are not in the bundle: run_data.star names them relative to this folder. Moved elsewhere, its paths must be changed.')
  } else notes.push('This job found no poses: only refinements do.')
  const pixel = volume.voxelSize.toPrecision(6)
  const diameter = Math.round(0.9 * volume.size * volume.voxelSize)
  const commands = [
    ...(halves[0] === undefined ? [] : ['# resolution and sharpening', `relion_postprocess --i run_half1_class001_unfil.mrc --angpix ${pixel} --o postprocess --auto_bfac --autob_lowres 10`, '']),
    ...(star === undefined
      ? []
      : [
          '# the map again from the poses',
          `relion_reconstruct --i run_data.star --o reconstruct.mrc --angpix ${pixel} --pad 2`,
          '',
          '# go on refining from here',
          `relion_refine --i run_data.star --o refine --ref run_class001.mrc --ini_high ${(4 * volume.voxelSize).toFixed(1)} --auto_refine --split_random_halves --particle_diameter ${diameter} --flatten_solvent --zero_mask --healpix_order 3 --auto_local_healpix_order 4 --offset_range 3 --offset_step 2 --angpix ${pixel} --pad 2 --norm --scale`,
          '',
        ]),
  ]
  await writeFile(join(folder, 'commands.sh'), `#!/bin/sh\n# RELION 3.1 and later, in this folder. CryoMoment ${source.version}, job ${source.job}.\n\n${commands.join('\n')}`)
  files.push('commands.sh')
  return { files, notes }
}

/** The table with each image's stack named from another folder. */
export function movedImages(star: string, from: string, to: string): string {
  return star.replace(/^(\s*)(\d+)@(\S+)/gm, (_all, space: string, index: string, path: string) => `${space}${index}@${relative(to, resolve(from, path)).split(sep).join('/')}`)
}
