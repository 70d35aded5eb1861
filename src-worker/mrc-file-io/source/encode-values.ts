import { halfFloatTable, toHalfFloat } from './half-float.ts'
import { swapBytes, hostIsLittleEndian } from './byte-order.ts'
import { MrcError } from './mrc-error.ts'
import type { MrcMode } from './mrc-mode.ts'

const integerRange: Partial<Record<MrcMode, readonly [number, number]>> = {
  0: [-128, 127],
  1: [-32768, 32767],
  3: [-32768, 32767],
  6: [0, 65535],
  101: [0, 15],
}

/** What one block of numbers becomes on disk: its bytes, and the numbers a reader will find there. */
export interface EncodedValues {
  readonly bytes: Uint8Array
  readonly stored: Float32Array
}

/**
 * Numbers of whole rows to little-endian bytes of a mode; integers are rounded to nearest.
 * Errors: a number that the mode cannot hold (out of range, NaN in an integer mode, beyond 65504 in mode 12).
 */
export function encodeValues(values: Float32Array, mode: MrcMode, columns: number, file: string): EncodedValues {
  if (mode === 2 || mode === 4) return { bytes: littleEndianBytes(values, 4), stored: values }
  const stored = new Float32Array(values.length)
  if (mode === 12) {
    const table = halfFloatTable()
    const bits = new Uint16Array(values.length)
    for (let i = 0; i < values.length; i++) {
      bits[i] = toHalfFloat(values[i]!)
      if ((bits[i]! & 0x7fff) === 0x7c00 && Number.isFinite(values[i])) refuse(file, values[i]!, '-65504 to 65504 (mode 12)')
      stored[i] = table[bits[i]!]!
    }
    return { bytes: littleEndianBytes(bits, 2), stored }
  }
  const [low, high] = integerRange[mode]!
  for (let i = 0; i < values.length; i++) {
    const rounded = Math.round(values[i]!)
    if (!(rounded >= low && rounded <= high)) refuse(file, values[i]!, `${low} to ${high} (mode ${mode})`)
    stored[i] = rounded
  }
  if (mode === 0) return { bytes: new Uint8Array(Int8Array.from(stored).buffer), stored }
  if (mode === 101) return { bytes: encodeNibbles(stored, columns), stored }
  return { bytes: littleEndianBytes(mode === 6 ? Uint16Array.from(stored) : Int16Array.from(stored), 2), stored }
}

function refuse(file: string, value: number, expected: string): never {
  throw new MrcError('InvalidInput', `${file}: cannot store the value ${value}, expected ${expected}`, { file, value, expected })
}

function encodeNibbles(values: Float32Array, columns: number): Uint8Array {
  const rowBytes = Math.ceil(columns / 2)
  const rows = values.length / columns
  const bytes = new Uint8Array(rows * rowBytes)
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < columns; x++) bytes[row * rowBytes + (x >> 1)]! |= values[row * columns + x]! << (x & 1 ? 4 : 0)
  }
  return bytes
}

function littleEndianBytes(values: Float32Array | Uint16Array | Int16Array, unit: 2 | 4): Uint8Array {
  const view = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  if (hostIsLittleEndian) return view
  const copy = view.slice()
  swapBytes(copy, unit)
  return copy
}
