import { MrcError } from './mrc-error.ts'
import { headerBytes, type MrcHeader, type Triple } from './mrc-header.ts'
import { isMrcMode, mrcModes, sectionBytes, type MrcMode } from './mrc-mode.ts'
import type { MrcReport } from './mrc-report.ts'

/** Errors unless sizes, mode, axes and extended header are such that the data can be found. */
export function checkHeader(file: string, header: MrcHeader): asserts header is MrcHeader & { readonly mode: MrcMode } {
  const refuse = (field: string, found: unknown, expected: string): never => {
    throw new MrcError('InvalidInput', `${file}: ${field} is ${String(found)}, expected ${expected}`, { file, field, found, expected })
  }
  for (const field of ['nx', 'ny', 'nz'] as const) {
    if (header[field] < 1) refuse(field.toUpperCase(), header[field], 'at least 1')
  }
  if (!isMrcMode(header.mode)) {
    const known = Object.keys(mrcModes).join(', ')
    const message = `${file}: MODE is ${header.mode}, expected one of ${known}`
    throw new MrcError('UnsupportedFormat', message, { file, field: 'MODE', found: header.mode, expected: known })
  }
  if (header.nsymbt < 0) refuse('NSYMBT (bytes of extended header)', header.nsymbt, 'at least 0')
  const axes = [...header.axes].sort((a, b) => a - b).join()
  if (axes !== '1,2,3' && axes !== '0,0,0') refuse('MAPC, MAPR, MAPS (axis order)', header.axes.join(', '), 'a permutation of 1, 2, 3')
  if (!Number.isSafeInteger(dataBytes(header))) refuse('NX x NY x NZ', `${header.nx} x ${header.ny} x ${header.nz}`, 'a size that a file can have')
}

/** Bytes of all sections together. */
export function dataBytes(header: MrcHeader): number {
  return isMrcMode(header.mode) ? sectionBytes(header.mode, header.nx, header.ny) * header.nz : Number.NaN
}

/** Errors when the file cannot hold what the header promises, before anything is allocated. */
export function checkSize(file: string, header: MrcHeader, size: { readonly bytes: number; readonly exact: boolean }, report: MrcReport): void {
  const expected = headerBytes + header.nsymbt + dataBytes(header)
  if (size.bytes < expected) {
    const found = size.exact ? `${size.bytes}` : `at most ${size.bytes} decompressed`
    const what = header.nsymbt > size.bytes ? `an extended header of ${header.nsymbt} bytes` : `${header.nx} x ${header.ny} x ${header.nz} values of mode ${header.mode}`
    const message = `${file}: the header promises ${what}, so ${expected} bytes are expected, found ${found}: the file is cut short or its header is wrong`
    throw new MrcError('InvalidInput', message, { file, expected, found: size.bytes })
  }
  if (size.exact && size.bytes > expected) report.oddity('file size', `${size.bytes - expected} bytes after the data are ignored`)
}

/** Axis order as a permutation of 1, 2, 3; all zeros (files before 2000) mean the usual one. */
export function axisOrder(header: MrcHeader, report: MrcReport): Triple {
  if (header.axes.every((axis) => axis === 0)) {
    report.oddity('MAPC, MAPR, MAPS', 'axis order is 0, 0, 0: taken as 1, 2, 3 (columns along X, rows along Y, sections along Z)')
    return [1, 2, 3]
  }
  const [c, r, s] = header.axes
  if (c !== 1 || r !== 2) report.note('MAPC, MAPR, MAPS', `axis order is ${c}, ${r}, ${s}: a volume is turned to X, Y, Z when it is read as one`)
  return header.axes
}

/** Values given by columns, rows, sections, put in the order X, Y, Z. */
export function toXyz(values: Triple, axes: Triple): Triple {
  const result: [number, number, number] = [0, 0, 0]
  axes.forEach((axis, i) => (result[axis - 1] = values[i]!))
  return result
}

/**
 * Voxel size along X, Y, Z in Angstrom: cell / m (never cell / n: a map may be cut from, or stick out of, its cell).
 * 0 where the header leaves it undetermined.
 */
export function voxelSizeOf(header: MrcHeader, shape: Triple, report: MrcReport): Triple {
  const names = ['X', 'Y', 'Z'] as const
  const size = names.map((name, i) => {
    let cell = header.cell[i]!
    let m = header.m[i]!
    if (!Number.isFinite(cell)) {
      report.oddity('CELLA', `cell length along ${name} is ${cell}: taken as undetermined`)
      return 0
    }
    if (cell < 0) {
      report.oddity('CELLA', `cell length along ${name} is negative (${cell}): its size is used`)
      cell = -cell
    }
    if (m < 1) {
      report.oddity(`M${name}`, `M${name} is ${m}, expected at least 1: the number of grid points, ${shape[i]}, is used`)
      m = shape[i]!
    }
    // Seven digits are what a float32 means: 267.3 / 99 is then 2.7.
    return Number(cell.toPrecision(7)) / m
  })
  const undetermined = names.filter((_, i) => size[i] === 0)
  if (undetermined.length === 3) report.note('CELLA', 'voxel size is undetermined: the cell lengths are 0')
  else if (undetermined.length > 0 && !(undetermined.join() === 'Z' && (header.ispg === 0 || header.nz === 1))) report.note('CELLA', `voxel size along ${undetermined.join(' and ')} is undetermined: the cell length is 0`)
  const [x, y, z] = [size[0]!, size[1]!, size[2]!]
  const hasDepth = header.ispg !== 0 && header.nz > 1
  if (differ(x, y) || (hasDepth && (differ(x, z) || differ(y, z)))) {
    report.note('CELLA', `voxel sizes differ between the axes: ${(hasDepth ? size : [x, y]).map(brief).join(', ')} Angstrom`)
  }
  if (header.ispg > 0 && header.ispg < 401 && header.m.every((m) => m > 0) && header.m.some((m, i) => m !== shape[i])) {
    report.note('MX, MY, MZ', `the cell has ${header.m.join(' x ')} points and the map ${shape.join(' x ')}: voxel size is cell / M`)
  }
  if (size.every((value) => value === 1)) report.note('CELLA', 'voxel size is exactly 1 Angstrom, which many programs also write when they do not know it')
  return [x, y, z]
}

/** Largest origin taken seriously, Angstrom: beyond it the words are uninitialised memory (RELION 2.0 wrote such). */
const largestOrigin = 1e6

/**
 * Where the centre of voxel (0,0,0) sits, Angstrom along X, Y, Z: ORIGIN if the file is of the newer kind ("MAP ") and
 * it is non-zero and sane, else NSTART times the voxel size. Rule of ChimeraX and Mol*.
 */
export function originOf(header: MrcHeader, axes: Triple, voxelSize: Triple, report: MrcReport): Triple {
  const isSane = (values: Triple, largest: number): boolean => values.every((value) => Number.isFinite(value) && Math.abs(value) <= largest)
  const nstart = toXyz(header.nstart, axes)
  if (header.mapId.startsWith('MAP') && header.origin.some((value) => value !== 0)) {
    if (isSane(header.origin, largestOrigin) && header.origin.some((value) => Math.abs(value) > 1e-6)) {
      const fromStart = nstart.map((start, i) => start * voxelSize[i]!)
      if (nstart.some((start) => start !== 0) && fromStart.some((value, i) => Math.abs(value - header.origin[i]!) > 0.01 * Math.max(voxelSize[i]!, 1e-3))) {
        report.note('ORIGIN', `ORIGIN (${header.origin.map(brief).join(', ')}) and NSTART (${nstart.join(', ')}) place the map differently: ORIGIN is used`)
      }
      return header.origin
    }
    report.oddity('ORIGIN', `ORIGIN (${header.origin.map(brief).join(', ')}) is not a position: ignored`)
  }
  if (nstart.every((start) => start === 0)) return [0, 0, 0]
  if (!isSane(nstart, largestOrigin)) {
    report.oddity('NSTART', `NSTART (${nstart.join(', ')}) is not a position: ignored`)
    return [0, 0, 0]
  }
  if (voxelSize.some((size) => size === 0)) report.note('NSTART', `NSTART is ${nstart.join(', ')} but the voxel size is undetermined: so is the position along those axes`)
  return [nstart[0] * voxelSize[0], nstart[1] * voxelSize[1], nstart[2] * voxelSize[2]]
}

function differ(a: number, b: number): boolean {
  return a !== 0 && b !== 0 && Math.abs(a - b) > 0.01 * Math.max(a, b)
}

function brief(value: number): string {
  return String(Number(value.toPrecision(6)))
}
