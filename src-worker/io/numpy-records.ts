import { AppError } from '#core/error.ts'

/** The plain types a numpy structured array is made of here. */
export type RecordType = 'u1' | 'i1' | 'u2' | 'i2' | 'u4' | 'i4' | 'u8' | 'i8' | 'f4' | 'f8' | 'b1' | `S${number}` | `U${number}`

/** One named field: numbers (`count` to a record), whole numbers of 64 bits, or texts. */
export interface RecordField {
  readonly name: string
  readonly type: RecordType
  /** Extra dimensions of one record; empty for a single value. */
  readonly shape: readonly number[]
  /** `count * product(shape)` values, record by record. */
  readonly values: Float64Array | BigUint64Array | BigInt64Array | readonly string[]
}

/** A numpy structured array (.npy with named fields). */
export interface RecordTable {
  readonly count: number
  readonly fields: readonly RecordField[]
}

const SIGNATURE = '\x93NUMPY'

/**
 * Reads a one-dimensional structured array (numpy .npy, versions 1 to 3, little-endian). `file` names it in sentences.
 * Errors: UnsupportedFormat for other content or types; InvalidInput where the data are cut short.
 */
export function parseRecords(bytes: Uint8Array, file: string): RecordTable {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const refuse = (reason: string): never => {
    throw new AppError('UnsupportedFormat', `${file}: ${reason}, expected a numpy structured array as cryoSPARC writes it`, { file })
  }
  if (buffer.subarray(0, 6).toString('latin1') === '\x94CSDAT') refuse('this is a compressed CSDAT file')
  if (buffer.length < 12 || buffer.subarray(0, 6).toString('latin1') !== SIGNATURE) refuse('no numpy signature')
  const wide = buffer[6]! >= 2
  const headerLength = wide ? buffer.readUInt32LE(8) : buffer.readUInt16LE(8)
  const start = (wide ? 12 : 10) + headerLength
  if (start > buffer.length) throw new AppError('InvalidInput', `${file}: the file ends inside its header`, { file })
  const header = buffer.subarray(wide ? 12 : 10, start).toString(buffer[6] === 3 ? 'utf8' : 'latin1')
  const descriptors = fieldDescriptors(header)
  if (descriptors.length === 0) refuse('a plain array without named fields')
  const shape = /'shape'\s*:\s*\(\s*(\d*)\s*,?\s*\)/.exec(header)
  if (!shape?.[1]) refuse('an array of another shape')
  const count = Number(shape![1])
  const layout = descriptors.map(({ name, type, shape: inner }) => {
    const matched = /^([<>|=]?)([a-zA-Z])(\d+)$/.exec(type)
    const kind = matched && `${matched[2]}${matched[3]}`
    if (!matched || !kind || !/^([uif][1248]|b1|[SU]\d+)$/.test(kind) || kind === 'f1' || kind === 'f2') return refuse(`field ${name} has the type ${type}`)
    if (matched[1] === '>' && !/^[bS]|1$/.test(kind)) return refuse(`field ${name} is big-endian`)
    return { name, type: kind as RecordType, shape: inner, bytes: bytesOf(kind as RecordType), length: inner.reduce((product, n) => product * n, 1) }
  })
  const recordBytes = layout.reduce((sum, { bytes: size, length }) => sum + size * length, 0)
  if (buffer.length < start + count * recordBytes) {
    throw new AppError('InvalidInput', `${file}: ${count} records of ${recordBytes} bytes are promised, the file holds ${Math.floor((buffer.length - start) / recordBytes)}`, { file, found: buffer.length, expected: start + count * recordBytes })
  }
  let offset = start
  const fields = layout.map(({ name, type, shape: inner, bytes: size, length }) => {
    const values = readField(buffer, { type, count, length, offset, size, stride: recordBytes })
    offset += size * length
    return { name, type, shape: inner, values }
  })
  return { count, fields }
}

// The header is a Python literal: ('name', '<f4'), ('name', '<f4', (2,)), …
function fieldDescriptors(header: string): { name: string; type: string; shape: number[] }[] {
  const pattern = /\(\s*(?:'([^']*)'|"([^"]*)")\s*,\s*'([^']*)'\s*(?:,\s*(?:\(([\d\s,]*)\)|(\d+))\s*)?\)/g
  return Array.from(header.matchAll(pattern), ([, single, double, type, shape, length]) => ({
    name: single ?? double!,
    type: type!,
    shape: (shape ?? length ?? '').split(',').filter((part) => part.trim() !== '').map(Number),
  }))
}

function bytesOf(type: RecordType): number {
  const size = Number(type.slice(1))
  return type.startsWith('U') ? 4 * size : size
}

interface FieldPlace {
  readonly type: RecordType
  readonly count: number
  readonly length: number
  readonly offset: number
  readonly size: number
  readonly stride: number
}

function readField(buffer: Buffer, place: FieldPlace): RecordField['values'] {
  const { type, count, length, offset, size, stride } = place
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  const total = count * length
  const at = (i: number): number => offset + Math.floor(i / length) * stride + (i % length) * size
  if (type.startsWith('S')) return Array.from({ length: total }, (_, i) => buffer.subarray(at(i), at(i) + size).toString('utf8').replace(/\0+$/, ''))
  if (type.startsWith('U')) {
    return Array.from({ length: total }, (_, i) => {
      let text = ''
      for (let c = 0; c < size; c += 4) {
        const code = view.getUint32(at(i) + c, true)
        if (code !== 0) text += String.fromCodePoint(code)
      }
      return text
    })
  }
  if (type === 'u8') return BigUint64Array.from({ length: total }, (_, i) => view.getBigUint64(at(i), true))
  if (type === 'i8') return BigInt64Array.from({ length: total }, (_, i) => view.getBigInt64(at(i), true))
  const read = numberReader(view, type)
  return Float64Array.from({ length: total }, (_, i) => read(at(i)))
}

function numberReader(view: DataView, type: RecordType): (at: number) => number {
  const readers: Readonly<Record<string, (at: number) => number>> = {
    f4: (at) => view.getFloat32(at, true),
    f8: (at) => view.getFloat64(at, true),
    u4: (at) => view.getUint32(at, true),
    i4: (at) => view.getInt32(at, true),
    u2: (at) => view.getUint16(at, true),
    i2: (at) => view.getInt16(at, true),
    i1: (at) => view.getInt8(at),
  }
  return readers[type] ?? ((at) => view.getUint8(at))
}

/** The bytes of a structured array as numpy 1.x saves it (version 1.0, or 2.0 where the header is long). */
export function formatRecords(table: RecordTable): Uint8Array {
  const layout = table.fields.map((field) => ({ field, bytes: bytesOf(field.type), length: field.shape.reduce((product, n) => product * n, 1) }))
  const stride = layout.reduce((sum, { bytes, length }) => sum + bytes * length, 0)
  const descriptor = table.fields.map(({ name, type, shape }) => `('${name}', '${typeCode(type)}'${shape.length > 0 ? `, (${shape.join(', ')}${shape.length === 1 ? ',' : ''})` : ''})`).join(', ')
  let header = `{'descr': [${descriptor}], 'fortran_order': False, 'shape': (${table.count},), }`
  const fixed = header.length + 11 > 65535 ? 12 : 10
  header += ' '.repeat((64 - ((fixed + header.length + 1) % 64)) % 64) + '\n'
  const buffer = Buffer.alloc(fixed + header.length + table.count * stride)
  buffer.write(`${SIGNATURE}${fixed === 12 ? '\x02' : '\x01'}\x00`, 'latin1')
  if (fixed === 12) buffer.writeUInt32LE(header.length, 8)
  else buffer.writeUInt16LE(header.length, 8)
  buffer.write(header, fixed, 'latin1')
  let offset = fixed + header.length
  for (const { field, bytes, length } of layout) {
    writeField(buffer, field, { type: field.type, count: table.count, length, offset, size: bytes, stride })
    offset += bytes * length
  }
  return buffer
}

function typeCode(type: RecordType): string {
  return /^[Sb]|1$/.test(type) && !type.startsWith('U') ? `|${type}` : `<${type}`
}

function writeField(buffer: Buffer, field: RecordField, { type, count, length, offset, size, stride }: FieldPlace): void {
  if (field.values.length !== count * length) throw new AppError('ShapeMismatch', `${field.name} has ${field.values.length} values, expected ${count * length}`, { field: field.name })
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  for (let i = 0; i < count * length; i++) {
    const at = offset + Math.floor(i / length) * stride + (i % length) * size
    const value = field.values[i]!
    if (typeof value === 'string') {
      if (type.startsWith('U')) Array.from(value).forEach((char, c) => view.setUint32(at + 4 * c, char.codePointAt(0)!, true))
      else buffer.write(value, at, size, 'utf8')
    } else if (typeof value === 'bigint') view.setBigUint64(at, BigInt.asUintN(64, value), true)
    else writeNumber(view, type, at, value)
  }
}

function writeNumber(view: DataView, type: RecordType, at: number, value: number): void {
  if (type === 'f4') view.setFloat32(at, value, true)
  else if (type === 'f8') view.setFloat64(at, value, true)
  else if (type === 'u4' || type === 'i4') view.setUint32(at, value, true)
  else if (type === 'u2' || type === 'i2') view.setUint16(at, value, true)
  else view.setUint8(at, value)
}
