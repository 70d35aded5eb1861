export const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Reverses the bytes of each unit, in place. */
export function swapBytes(raw: Uint8Array, unit: 1 | 2 | 4): void {
  if (unit === 1) return
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (unit === 2) buffer.swap16()
  else buffer.swap32()
}
