import { describe, expect, it } from 'vitest'
import { halfFloatTable, toHalfFloat } from '../../src-worker/mrc-file-io/source/half-float.ts'

describe('half floats', () => {
  // Values of IEEE 754-2008, binary16: sign 1, exponent 5 (bias 15), fraction 10.
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 1023 * 2 ** -24],
    [0x0001, 2 ** -24],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ])('%i is %f both ways', (bits, value) => {
    expect(halfFloatTable()[bits]).toBe(value)
    expect(toHalfFloat(value)).toBe(bits)
  })

  it('writes back every number that it reads', () => {
    const table = halfFloatTable()
    for (let bits = 0; bits < 65536; bits++) {
      if (Number.isNaN(table[bits])) expect(Number.isNaN(table[toHalfFloat(table[bits]!)]!)).toBe(true)
      else expect(toHalfFloat(table[bits]!)).toBe(bits)
    }
  })

  it('rounds to nearest, ties to even', () => {
    const table = halfFloatTable()
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = table[bits]!
      const high = table[bits + 1]!
      expect(toHalfFloat((low + high) / 2)).toBe(bits % 2 === 0 ? bits : bits + 1)
      expect(toHalfFloat(low + 0.49 * (high - low))).toBe(bits)
      expect(toHalfFloat(low + 0.51 * (high - low))).toBe(bits + 1)
    }
    expect(toHalfFloat(65519)).toBe(0x7bff)
    expect(toHalfFloat(65520)).toBe(0x7c00)
  })
})
