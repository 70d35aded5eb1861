/** The data modes this package reads and writes (MRC2014 word 4, and IMOD's 101). */
export type MrcMode = 0 | 1 | 2 | 3 | 4 | 6 | 12 | 101

interface ModeFacts {
  /** In words, for reports. */
  readonly title: string
  /** Bits of one pixel. */
  readonly bits: number
  /** Numbers in one pixel: 2 for complex modes (real, imaginary). */
  readonly components: 1 | 2
  /** Smallest unit whose bytes are swapped in the other byte order. */
  readonly unitBytes: 1 | 2 | 4
}

export const mrcModes: Readonly<Record<MrcMode, ModeFacts>> = {
  0: { title: 'signed 8-bit integers', bits: 8, components: 1, unitBytes: 1 },
  1: { title: 'signed 16-bit integers', bits: 16, components: 1, unitBytes: 2 },
  2: { title: '32-bit floats', bits: 32, components: 1, unitBytes: 4 },
  3: { title: 'complex 16-bit integers', bits: 32, components: 2, unitBytes: 2 },
  4: { title: 'complex 32-bit floats', bits: 64, components: 2, unitBytes: 4 },
  6: { title: 'unsigned 16-bit integers', bits: 16, components: 1, unitBytes: 2 },
  12: { title: '16-bit floats', bits: 16, components: 1, unitBytes: 2 },
  101: { title: 'packed 4-bit integers', bits: 4, components: 1, unitBytes: 1 },
}

/** Whether the number is a mode we know. */
export function isMrcMode(mode: number): mode is MrcMode {
  return Object.hasOwn(mrcModes, String(mode))
}

/** Bytes of one section. Mode 101 packs two pixels a byte and pads each row to whole bytes (IMOD's rule). */
export function sectionBytes(mode: MrcMode, columns: number, rows: number): number {
  return mode === 101 ? Math.ceil(columns / 2) * rows : (mrcModes[mode].bits / 8) * columns * rows
}
