import { openMrc, type MrcFile, type MrcKind } from 'mrc-file-io'

/** A line of a file's description. */
export interface HeaderField {
  readonly name: string
  readonly value: string
  /** What the reader made of it, where the file is odd. */
  readonly note?: string
}

/** A map's or stack's header in words. */
export interface MapHeader {
  readonly kind: MrcKind
  /** Grid points along X, Y, Z; for stacks the last is the number of images. */
  readonly shape: readonly [number, number, number]
  /** Angstrom; 0 where undetermined. */
  readonly voxelSize: readonly [number, number, number]
  readonly compression: 'none' | 'gzip' | 'bzip2'
  readonly fields: readonly HeaderField[]
  /** Every repair, one sentence each. */
  readonly repairs: readonly string[]
}

const MODES: Readonly<Record<number, string>> = {
  0: '8-bit integers',
  1: '16-bit integers',
  2: '32-bit floats',
  3: 'complex 16-bit integers',
  4: 'complex 32-bit floats',
  6: 'unsigned 16-bit integers',
  12: '16-bit floats',
  101: '4-bit integers',
}

/** Reads the header alone. Errors: as openMrc. */
export async function readMapHeader(path: string): Promise<MapHeader> {
  const file = await openMrc(path)
  try {
    const { kind, shape, voxelSize, compression } = file
    return { kind, shape, voxelSize, compression, fields: fieldsOf(file), repairs: file.report.sentences }
  } finally {
    await file.close()
  }
}

function fieldsOf(file: MrcFile): HeaderField[] {
  const { header, shape, voxelSize, kind } = file
  const notes = new Map<string, string>()
  for (const { field, text } of file.report.remarks) notes.set(field, notes.has(field) ? `${notes.get(field)}; ${text}` : text)
  const field = (name: string, value: string, ...words: readonly string[]): HeaderField => {
    const note = [...notes].filter(([key]) => words.some((word) => key.split(/[,\s]+/).includes(word))).map(([, text]) => text)
    return { name, value, ...(note.length > 0 && { note: note.join('; ') }) }
  }
  const images = kind === 'image-stack' || kind === 'image'
  const cell = header.cell.map((length) => round(length, 6))
  return [
    images ? field('Images', `${shape[2].toLocaleString('en')} of ${shape[0]} x ${shape[1]} pixels`, 'ISPG', 'MZ', 'NZ') : field('Box', `${shape.join(' x ')} voxels`, 'ISPG', 'MZ', 'NX', 'NY', 'NZ'),
    field(images ? 'Pixel size' : 'Voxel size', sizeInWords(images ? voxelSize.slice(0, 2) : voxelSize), 'CELLA', 'MX', 'MY', 'M'),
    ...(images ? [] : [field('Cell', `${cell.join(' x ')} A`, 'CELLB'), field('Origin', `${file.origin.map((value) => round(value, 6)).join(', ')} A`, 'ORIGIN', 'NSTART', 'NXSTART')]),
    field('Numbers', `${MODES[file.mode]} (mode ${file.mode})`, 'MODE'),
    field('Byte order', header.littleEndian ? 'little-endian' : 'big-endian', 'MACHST'),
    field('Axis order', file.axes.map((axis) => 'XYZ'[axis - 1]).join(', '), 'MAPC', 'MAPR', 'MAPS'),
    ...(file.compression === 'none' ? [] : [field('Compression', file.compression)]),
    ...(header.nsymbt > 0 ? [field('Extended header', `${header.nsymbt.toLocaleString('en')} bytes${header.exttyp ? `, ${header.exttyp}` : ''}`, 'NSYMBT', 'EXTTYP')] : []),
    field('Space group', String(header.ispg)),
    ...header.labels.filter((label) => label.trim() !== '').map((label, i) => field(`Label ${i + 1}`, label.trim())),
  ]
}

function sizeInWords(sizes: readonly number[]): string {
  if (sizes.some((size) => !(size > 0))) return 'undetermined'
  const first = sizes[0]!
  return sizes.every((size) => Math.abs(size - first) < 1e-4 * first) ? `${round(first, 5)} A` : `${sizes.map((size) => round(size, 5)).join(' x ')} A`
}

function round(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)))
}
