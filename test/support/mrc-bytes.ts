/** Header fields by word number (1-based, as MRC2014 counts), for files made by hand in tests. */
export interface HandMadeMrc {
  readonly nx: number
  readonly ny: number
  readonly nz: number
  readonly mode: number
  readonly bigEndian?: boolean
  readonly ints?: Readonly<Record<number, number>>
  readonly floats?: Readonly<Record<number, number>>
  /** Bytes at offsets, written last. */
  readonly bytes?: Readonly<Record<number, readonly number[]>>
  readonly extended?: Uint8Array
  readonly data: Uint8Array
}

/** A well-formed MRC2014 file except for what is given: independent of the package's own writer. */
export function mrcBytes(file: HandMadeMrc): Buffer {
  const header = Buffer.alloc(1024)
  const big = file.bigEndian === true
  const int = (word: number, value: number): unknown => (big ? header.writeInt32BE(value, word * 4 - 4) : header.writeInt32LE(value, word * 4 - 4))
  const float = (word: number, value: number): unknown => (big ? header.writeFloatBE(value, word * 4 - 4) : header.writeFloatLE(value, word * 4 - 4))
  const { nx, ny, nz } = file
  Object.entries({ 1: nx, 2: ny, 3: nz, 4: file.mode, 8: nx, 9: ny, 10: nz, 17: 1, 18: 2, 19: 3, 23: 1, 24: file.extended?.length ?? 0, 28: 20140 }).forEach(([word, value]) => int(Number(word), value))
  Object.entries({ 11: 2 * nx, 12: 2 * ny, 13: 2 * nz, 14: 90, 15: 90, 16: 90, 20: 0, 21: -1, 22: -2, 55: -1 }).forEach(([word, value]) => float(Number(word), value))
  header.write('MAP ', 208, 'latin1')
  header.set(big ? [0x11, 0x11] : [0x44, 0x44], 212)
  Object.entries(file.ints ?? {}).forEach(([word, value]) => int(Number(word), value))
  Object.entries(file.floats ?? {}).forEach(([word, value]) => float(Number(word), value))
  Object.entries(file.bytes ?? {}).forEach(([offset, values]) => header.set(values, Number(offset)))
  return Buffer.concat([header, file.extended ?? new Uint8Array(0), file.data])
}

/** A minimal file of n x n x n float32 zeros with one value 1, and changes to it. */
export function smallMap(n: number, changes: Partial<HandMadeMrc> = {}): Buffer {
  const values = new Float32Array(n ** 3)
  values[0] = 1
  return mrcBytes({ nx: n, ny: n, nz: n, mode: 2, data: new Uint8Array(values.buffer), ...changes })
}
