/** The 1,024 bytes of an MRC2014 / CCP4 header, field by field, as they stand in the file. */
export interface MrcHeader {
  /** Columns (fastest), rows, sections. */
  readonly nx: number
  readonly ny: number
  readonly nz: number
  readonly mode: number
  /** Grid index of the first column, row, section. */
  readonly nstart: Triple
  /** Intervals along the cell's X, Y, Z. Voxel size is cell / m, never cell / n. */
  readonly m: Triple
  /** Cell lengths along X, Y, Z, Angstrom. */
  readonly cell: Triple
  /** Cell angles, degrees. */
  readonly angles: Triple
  /** Which of X = 1, Y = 2, Z = 3 the columns, rows and sections run along. */
  readonly axes: Triple
  readonly dmin: number
  readonly dmax: number
  readonly dmean: number
  /** Space group: 0 images, 1 volume, 401 and above volume stacks. */
  readonly ispg: number
  /** Bytes of extended header between these 1,024 and the data. */
  readonly nsymbt: number
  /** Kind of extended header, four letters. */
  readonly exttyp: string
  readonly nversion: number
  /** Position of the grid's origin along X, Y, Z, Angstrom. */
  readonly origin: Triple
  /** "MAP " in every file since 2000. */
  readonly mapId: string
  /** The four bytes of the machine stamp. */
  readonly machineStamp: readonly [number, number, number, number]
  readonly rms: number
  readonly labels: readonly string[]
  readonly littleEndian: boolean
}

export type Triple = readonly [number, number, number]

export const headerBytes = 1024
const labelBytes = 80

/** Reads the fields in the byte order given; nothing is judged here. */
export function parseHeader(bytes: Uint8Array, littleEndian: boolean): MrcHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes)
  const int = (word: number): number => view.getInt32((word - 1) * 4, littleEndian)
  const float = (word: number): number => view.getFloat32((word - 1) * 4, littleEndian)
  const ints = (word: number): Triple => [int(word), int(word + 1), int(word + 2)]
  const floats = (word: number): Triple => [float(word), float(word + 1), float(word + 2)]
  const text = (start: number, length: number): string => latin1(bytes.subarray(start, start + length))
  const labelCount = Math.min(10, Math.max(0, int(56)))
  return {
    nx: int(1),
    ny: int(2),
    nz: int(3),
    mode: int(4),
    nstart: ints(5),
    m: ints(8),
    cell: floats(11),
    angles: floats(14),
    axes: ints(17),
    dmin: float(20),
    dmax: float(21),
    dmean: float(22),
    ispg: int(23),
    nsymbt: int(24),
    exttyp: text(104, 4).replace(/[\0 ]+$/, ''),
    nversion: int(28),
    origin: floats(50),
    mapId: text(208, 4),
    machineStamp: [bytes[212]!, bytes[213]!, bytes[214]!, bytes[215]!],
    rms: float(55),
    labels: Array.from({ length: labelCount }, (_, i) => text(224 + labelBytes * i, labelBytes).replace(/[\0 ]+$/, '')),
    littleEndian,
  }
}

/** The header as bytes, in its own byte order. Labels are cut to 80 characters and made ASCII. */
export function formatHeader(header: MrcHeader): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  const ints = (word: number, values: readonly number[]): void =>
    values.forEach((value, i) => view.setInt32((word - 1 + i) * 4, value, header.littleEndian))
  const floats = (word: number, values: readonly number[]): void =>
    values.forEach((value, i) => view.setFloat32((word - 1 + i) * 4, value, header.littleEndian))
  const text = (start: number, length: number, value: string): void => {
    for (let i = 0; i < length; i++) bytes[start + i] = i < value.length ? value.charCodeAt(i) & 255 : 32
  }
  ints(1, [header.nx, header.ny, header.nz, header.mode, ...header.nstart, ...header.m])
  floats(11, [...header.cell, ...header.angles])
  ints(17, header.axes)
  floats(20, [header.dmin, header.dmax, header.dmean])
  ints(23, [header.ispg, header.nsymbt])
  if (header.exttyp) text(104, 4, header.exttyp)
  ints(28, [header.nversion])
  floats(50, header.origin)
  text(208, 4, header.mapId)
  bytes.set(header.machineStamp, 212)
  floats(55, [header.rms])
  const labels = header.labels.slice(0, 10)
  ints(56, [labels.length])
  labels.forEach((label, i) => text(224 + labelBytes * i, labelBytes, label.replace(/[^\x20-\x7e]/g, '?')))
  return bytes
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
