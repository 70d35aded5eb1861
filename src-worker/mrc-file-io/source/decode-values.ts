import { hostIsLittleEndian, swapBytes } from './byte-order.ts'
import { halfFloatTable } from './half-float.ts'
import { mrcModes, type MrcMode } from './mrc-mode.ts'

/** How raw bytes become numbers. */
export interface ValueCoding {
  readonly mode: MrcMode
  readonly littleEndian: boolean
  /** Columns of a row; only mode 101 needs it (rows are padded to whole bytes). */
  readonly columns: number
  /** Mode 0 as unsigned bytes: an old habit, see the report. */
  readonly unsignedBytes: boolean
}

/**
 * Raw bytes of whole rows to float32, complex modes as (real, imaginary) pairs.
 * **The bytes may be swapped in place**: hand over a buffer that nobody else reads.
 */
export function decodeValues(raw: Uint8Array, coding: ValueCoding): Float32Array {
  const unit = mrcModes[coding.mode].unitBytes
  if (coding.littleEndian !== hostIsLittleEndian) swapBytes(raw, unit)
  const count = raw.byteLength / unit
  switch (coding.mode) {
    case 0:
      return Float32Array.from(coding.unsignedBytes ? raw : new Int8Array(raw.buffer, raw.byteOffset, count))
    case 1:
    case 3:
      return Float32Array.from(new Int16Array(raw.buffer, raw.byteOffset, count))
    case 2:
    case 4:
      return new Float32Array(raw.buffer, raw.byteOffset, count)
    case 6:
      return Float32Array.from(new Uint16Array(raw.buffer, raw.byteOffset, count))
    case 12: {
      const table = halfFloatTable()
      const bits = new Uint16Array(raw.buffer, raw.byteOffset, count)
      const values = new Float32Array(count)
      for (let i = 0; i < count; i++) values[i] = table[bits[i]!]!
      return values
    }
    case 101:
      return decodeNibbles(raw, coding.columns)
  }
}

function decodeNibbles(raw: Uint8Array, columns: number): Float32Array {
  const rowBytes = Math.ceil(columns / 2)
  const rows = raw.byteLength / rowBytes
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < columns; x++) {
      const byte = raw[row * rowBytes + (x >> 1)]!
      values[row * columns + x] = x & 1 ? byte >> 4 : byte & 15
    }
  }
  return values
}
