import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#core/error.ts'
import { resolutionAt } from '#core/volume/fourier-shell-correlation.ts'
import { axisProjection, greyWindow, planeImage } from '#io/export/map-image.ts'
import { writeFsc } from '#io/export/write-fsc.ts'
import { readVolume } from '#io/volume-file.ts'
import { addMap, mapOfRole, requireMap, type BundleSource, type MadeBundle } from './bundle-maps.ts'
import { namedCurve } from './export-fsc.ts'
import { mapLevel } from './map-level.ts'

const PICTURE_SIDE = 500
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export interface EmdbOptions {
  /** Contour level; default the one that 1 % of the voxels lie above. */
  readonly level?: number | undefined
  /** 500 x 500 PNG, base64; default a projection of the map. */
  readonly picture?: string | undefined
}

/**
 * What EMDB asks for at a deposition: the primary map, both half-maps as they came out (no mask, no filter, no sharpening),
 * the FSC curve as XML, a 500 x 500 picture, and the fields of its form as text.
 */
export async function bundleEmdb(source: BundleSource, folder: string, options: EmdbOptions): Promise<MadeBundle> {
  const map = requireMap(source)
  const notes: string[] = []
  const files = [await addMap(map, folder, 'map.mrc')]
  const halves = [mapOfRole(source, 'half-a'), mapOfRole(source, 'half-b')] as const
  if (halves[0] !== undefined && halves[1] !== undefined) files.push(await addMap(halves[0], folder, 'half_map_1.mrc'), await addMap(halves[1], folder, 'half_map_2.mrc'))
  else notes.push('This job has no half-maps, and EMDB requires both: refine the images first.')
  const { volume } = await readVolume(map)
  const curve = source.record.fsc.find(({ id }) => id === 'half-maps')
  if (curve) {
    await writeFsc(join(folder, 'fsc.xml'), [namedCurve(curve)], `FSC between half-maps, job ${source.job}`)
    files.push('fsc.xml')
  } else notes.push('There is no Fourier shell correlation between half-maps.')
  const level = options.level ?? mapLevel(volume)
  if (options.level === undefined) notes.push('The contour level is the one that 1 % of the voxels lie above: look at the map and choose.')
  if (options.picture === undefined) {
    const plane = axisProjection(volume, 'z')
    await writeFile(join(folder, 'picture.png'), Buffer.from(planeImage(plane, greyWindow([plane]), PICTURE_SIDE).replace(/^data:[^,]*,/, ''), 'base64'))
    notes.push('The picture is a projection of the map along z: the viewer gave none.')
  } else await writeFile(join(folder, 'picture.png'), checkedPicture(options.picture))
  files.push('picture.png')
  const found = curve && resolutionAt(namedCurve(curve).curve, 0.143)
  // A refinement of images imposes none, whatever the moments before it did.
  const symmetry = source.settings['method'] === 'refine' ? 'C1' : source.settings['symmetry']
  const lines = [
    `CryoMoment ${source.version}, job ${source.job}${source.jobName === source.job ? '' : ` (${source.jobName})`}`,
    '',
    'Fields of the EMDB deposition form',
    '',
    `Primary map                 map.mrc (not sharpened, not masked beyond the ball that holds the particle)`,
    `Half-maps                   ${halves[0] === undefined ? 'none' : 'half_map_1.mrc, half_map_2.mrc (as refined: not masked, not filtered, not sharpened)'}`,
    `Recommended contour level   ${level.toPrecision(6)}`,
    `Map size                    ${volume.size} x ${volume.size} x ${volume.size}`,
    `Voxel size                  ${volume.voxelSize.toPrecision(6)} A`,
    `Symmetry applied            ${typeof symmetry === 'string' ? symmetry : 'C1'}`,
    `Resolution                  ${found ? `${found.resolution.toFixed(2)} A${found.crossed ? '' : ' (the curve does not cross: the limit of the box)'}` : 'not measured'}`,
    `Resolution method           FSC 0.143 CUT-OFF between half-maps${found ? `; first crossing, linear interpolation; RELION's rule gives ${found.relionResolution.toFixed(2)} A` : ''}`,
    `Number of particles         ${source.images ?? 'unknown'}`,
    `Software                    CryoMoment ${source.version} (initial model from moments or random models; refinement in two independent halves)`,
    `Handedness                  not determined: particle images cannot tell a map from its mirror image`,
    `FSC curve                   ${curve ? 'fsc.xml' : 'none'}`,
    `Picture                     picture.png`,
    '',
    'To be added by the depositors: sample, specimen preparation, microscopy, authors, citation.',
  ]
  await writeFile(join(folder, 'README.txt'), `${lines.join('\n')}\n`)
  files.push('README.txt')
  return { files, notes }
}

function checkedPicture(base64: string): Buffer {
  const bytes = Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64')
  const isPng = bytes.length > 24 && bytes.subarray(0, 8).equals(PNG_SIGNATURE)
  const [width, height] = isPng ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : [0, 0]
  if (width !== PICTURE_SIDE || height !== PICTURE_SIDE) throw new AppError('InvalidInput', `the picture is ${isPng ? `${width} x ${height}` : 'no PNG'}, expected a PNG of ${PICTURE_SIDE} x ${PICTURE_SIDE}`, { field: 'picture' })
  return bytes
}
