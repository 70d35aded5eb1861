import type { MrcHeader, Triple } from './mrc-header.ts'
import type { MrcReport } from './mrc-report.ts'

/** What the sections are: slices of one volume, pictures of their own, several volumes one after another, one picture. */
export type MrcKind = 'volume' | 'image-stack' | 'volume-stack' | 'image'

/**
 * Which kind a file is. Space group and mz decide where they agree (MRC2014: 0 and mz = 1 images, 1 and above a volume,
 * 401 and above volumes); programs disagree so often that the file's name comes before them (RELION's rule: .mrcs is a
 * stack), and the report says what was decided against the header.
 */
export function kindOf(file: string, header: MrcHeader, voxelSize: Triple, report: MrcReport): MrcKind {
  const { nx, ny, nz, ispg } = header
  const mz = header.m[2]
  const ending = /\.([a-z0-9]+)(?:\.(?:gz|bz2))?$/i.exec(file)?.[1]?.toLowerCase() ?? ''
  if (ispg >= 401 && ispg <= 630) {
    if (mz >= 1 && nz % mz === 0) return 'volume-stack'
    report.oddity('ISPG', `space group ${ispg} says volume stack but MZ is ${mz} and NZ ${nz}, not a multiple: taken as one volume`)
    return 'volume'
  }
  if (ending === 'mrcs' || ending === 'st') {
    if (ispg !== 0) report.oddity('ISPG', `space group is ${ispg} although the name says image stack: taken as ${nz} images`)
    else if (nz > 1 && mz !== 1) report.note('MZ', `MZ is ${mz} in an image stack, expected 1: taken as ${nz} images`)
    return 'image-stack'
  }
  if (nz === 1) return 'image'
  if (ispg === 0 && mz === 1 && ending !== 'map' && ending !== 'ccp4') return 'image-stack'
  if (ispg === 0) {
    report.note('ISPG', `space group 0 is for images, but ${mz === nz ? 'MZ equals NZ' : 'the file is named as a map'}: taken as a volume`)
    return 'volume'
  }
  const [x, y, z] = voxelSize
  if (x !== 0 && y !== 0 && z === 0) {
    report.oddity('CELLA', `the cell has no depth although the space group (${ispg}) says volume: taken as ${nz} images`)
    return 'image-stack'
  }
  if (x === 0 && y === 0 && z === 0 && nx === ny && nz !== nx && ending === 'mrc') {
    report.oddity('ISPG', `space group is ${ispg}, for a volume, but ${nx} x ${ny} x ${nz} without a cell is taken as ${nz} images`)
    return 'image-stack'
  }
  return 'volume'
}
